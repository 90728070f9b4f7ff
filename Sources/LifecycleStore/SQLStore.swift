public import FoundationEssentials
import LifecycleAPI

/// The repositories on an SQL database.
public struct SQLStore: LifecycleRepository {
    let database: any SQLDatabase
    /// What is written leaves this record, when there is one.
    let record: AuditRecord?

    init(database: any SQLDatabase, record: AuditRecord?) {
        self.database = database
        self.record = record
    }

    /// Brings the database to the newest form.
    public init(_ database: any SQLDatabase) async throws {
        self.init(database: database, record: nil)
        try await Schema.migrate(database, through: Schema.steps(database.dialect))
    }

    /// Every read of this store goes through here.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    /// Every change of this store goes through here.
    @discardableResult func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws
        -> Value
    {
        guard let record else { return try await database.write(body) }
        return try await database.write { transaction in
            let value = try body(transaction)
            if value as? Bool != false { try transaction.insert(record) }
            return value
        }
    }
}

// MARK: Directory

extension SQLStore {
    public func add(_ user: User) async throws {
        try await write { transaction in
            try transaction.refuseTakenName(of: user)
            try transaction.insert(user)
        }
    }

    public func update(_ user: User) async throws {
        try await write { transaction in
            try transaction.refuseTakenName(of: user)
            try transaction.update(user)
        }
    }

    public func users(_ query: UserQuery) async throws -> [User] {
        var conditions = SQLConditions()
        for (member, text) in query.equal {
            if member == .userPrincipalName {
                conditions.add("upn_key = ?", text.lowercased())
            } else {
                conditions.add(member.rawValue, equals: text)
            }
        }
        for (member, prefix) in query.prefixes {
            conditions.add(member.rawValue, startsWith: member == .userPrincipalName ? prefix.lowercased() : prefix)
        }
        if let isEnabled = query.isEnabled { conditions.add("enabled = ?", isEnabled) }
        if let groupID = query.groupID { conditions.add("id IN (SELECT user_id FROM memberships WHERE group_id = ?)", groupID) }
        if let name = query.after { conditions.add("upn_key > ?", name.lowercased()) }
        let sql = "SELECT * FROM users \(conditions.filter) ORDER BY upn_key LIMIT ?"
        let values = conditions.values + [query.limit.sqlValue]
        return try await read { try $0.rows(sql, values).map(User.init) }
    }

    public func deleteUser(_ id: String, at now: Date) async throws -> Bool {
        try await write { transaction in
            try transaction.deleteMethod(ofUser: id, at: now)
            var policy = try transaction.policy()
            if (policy.included + policy.excluded).contains(.user(id)) {
                policy.included.removeAll { $0 == .user(id) }
                policy.excluded.removeAll { $0 == .user(id) }
                try transaction.put(policy)
            }
            guard try transaction.execute("DELETE FROM users WHERE id = ?", id) > 0 else { return false }
            try transaction.note(.userDisabled, user: id)
            return true
        }
    }

    public func user(_ key: String) async throws -> User? {
        try await read {
            try $0.row("SELECT * FROM users WHERE id = ? OR upn_key = ?", key.lowercased(), key.lowercased()).map(User.init)
        }
    }

    public func put(_ client: Client) async throws { try await write { try $0.put(client) } }

    public func client(_ id: String) async throws -> Client? {
        try await read {
            try $0.row("SELECT * FROM clients WHERE id = ?", id).map(Client.init)
        }
    }
}

// MARK: Policy

extension SQLStore {
    public func policy() async throws -> Policy { try await read { try $0.policy() } }

    public func changePolicy(_ change: @escaping @Sendable (inout Policy) -> Void) async throws -> Policy {
        try await write { transaction in
            var policy = try transaction.policy()
            change(&policy)
            for id in policy.groupIDs where try transaction.row("SELECT id FROM user_groups WHERE id = ?", id) == nil {
                throw StoreError.missing(id)
            }
            try transaction.put(policy)
            return policy
        }
    }
}

extension SQLTransaction {
    func insert(_ user: User) throws {
        try execute(
            "INSERT INTO users (id, upn, upn_key, display_name, enabled) VALUES (?, ?, ?, ?, ?)",
            user.id, user.userPrincipalName, user.userPrincipalName.lowercased(), user.displayName, user.isEnabled)
    }

    func update(_ user: User) throws {
        let isOther = try row("SELECT id FROM users WHERE id = ? AND enabled <> ?", user.id, user.isEnabled) != nil
        if isOther { try note(user.isEnabled ? .userEnabled : .userDisabled, user: user.id) }
        try execute(
            "UPDATE users SET upn = ?, upn_key = ?, display_name = ?, enabled = ? WHERE id = ?",
            user.userPrincipalName, user.userPrincipalName.lowercased(), user.displayName, user.isEnabled, user.id)
    }

    /// Throws ``StoreError/exists(_:)`` when someone else has the user's name.
    func refuseTakenName(of user: User) throws {
        let name = user.userPrincipalName.lowercased()
        if try row("SELECT id FROM users WHERE upn_key = ? AND id <> ?", name, user.id) != nil {
            throw StoreError.exists(user.userPrincipalName)
        }
    }

    func put(_ policy: Policy) throws {
        try execute(
            "INSERT INTO policies (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            String(decoding: try JSONEncoder().encode(policy), as: UTF8.self))
        try note(.policyChanged)
    }

    func policy() throws -> Policy {
        guard let body: String = try row("SELECT body FROM policies")?("body") else { return .initial }
        return try JSONDecoder().decode(Policy.self, from: Data(body.utf8))
    }
}

extension Client {
    init(_ row: SQLRow) throws {
        let roles: String = try row("roles")
        self.init(id: try row("id"), publicKey: try row("public_key"), roles: roles.split(separator: " ").map(String.init))
    }
}

extension User {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), userPrincipalName: try row("upn"), displayName: try row("display_name"),
            isEnabled: try row("enabled"))
    }
}
