import LifecycleAPI

extension SQLStore {
    public func add(_ group: Group) async throws { try await write { try $0.insert(group) } }

    public func update(_ group: Group) async throws -> Bool {
        try await write {
            try $0.execute(
                "UPDATE user_groups SET display_name = ?, description = ? WHERE id = ?", group.displayName, group.description,
                group.id) > 0
        }
    }

    public func deleteGroup(_ id: String) async throws -> Bool {
        try await write { transaction in
            let policy = try transaction.policy()
            guard !(policy.included + policy.excluded).contains(.group(id)) else { throw StoreError.inUse(id) }
            return try transaction.execute("DELETE FROM user_groups WHERE id = ?", id) > 0
        }
    }

    public func group(_ id: String) async throws -> Group? {
        try await read { try $0.row("SELECT * FROM user_groups WHERE id = ?", id.lowercased()).map(Group.init) }
    }

    public func groups(_ query: GroupQuery) async throws -> [Group] {
        var conditions = SQLConditions()
        for (member, text) in query.equal { conditions.add(member.rawValue, equals: text) }
        for (member, prefix) in query.prefixes { conditions.add(member.rawValue, startsWith: prefix) }
        if let userID = query.userID {
            conditions.add("id IN (SELECT group_id FROM memberships WHERE user_id = ?)", userID)
        }
        if let place = query.after { conditions.add("(display_name, id) > (?, ?)", place.displayName, place.id) }
        let sql = "SELECT * FROM user_groups \(conditions.filter) ORDER BY display_name, id LIMIT ?"
        let values = conditions.values + [query.limit.sqlValue]
        return try await read { try $0.rows(sql, values).map(Group.init) }
    }

    public func addMember(_ userID: String, toGroup groupID: String) async throws -> Bool {
        try await write { try $0.addMember(userID, toGroup: groupID) }
    }

    public func removeMember(_ userID: String, fromGroup groupID: String) async throws -> Bool {
        try await write { transaction in
            let removed = try transaction.execute(
                "DELETE FROM memberships WHERE group_id = ? AND user_id = ?", groupID, userID)
            guard removed > 0 else { return false }
            try transaction.note(.membershipChanged, user: userID)
            return true
        }
    }

    public func groupIDs(ofUser userID: String) async throws -> Set<String> {
        try await read {
            Set(try $0.rows("SELECT group_id FROM memberships WHERE user_id = ?", userID).map { try $0("group_id") as String })
        }
    }
}

extension SQLTransaction {
    func insert(_ group: Group) throws {
        try execute(
            "INSERT INTO user_groups (id, display_name, description, created) VALUES (?, ?, ?, ?)", group.id, group.displayName,
            group.description, group.created)
    }

    /// False when they were a member already.
    @discardableResult func addMember(_ userID: String, toGroup groupID: String) throws -> Bool {
        let added = try execute(
            "INSERT INTO memberships (group_id, user_id) VALUES (?, ?) ON CONFLICT (group_id, user_id) DO NOTHING", groupID,
            userID)
        guard added > 0 else { return false }
        try note(.membershipChanged, user: userID)
        return true
    }
}

extension Group {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), displayName: try row("display_name"), description: try row("description"),
            created: try row("created"))
    }
}
