public import FoundationEssentials
public import LifecycleAPI

/// Lists of people.
public protocol ImportRepository: Sendable {
    /// Adds who is not there, and gives those who are there the names, states and groups of the list: all of it, or nothing.
    ///
    /// Throws `UserListError` for groups that are not there, unless they are to be made, and for names that several groups have.
    func take(_ entries: [UserList.Entry], creatingGroups: Bool, at now: Date) async throws -> UserImport
}

extension SQLStore {
    public func take(_ entries: [UserList.Entry], creatingGroups: Bool, at now: Date) async throws -> UserImport {
        try await write { transaction in
            var result = UserImport()
            let groups = try groups(of: entries, creating: creatingGroups, at: now, transaction, &result)
            for entry in entries {
                let change = try take(entry, groups: entry.groups.compactMap { groups[$0] }, transaction)
                result.total += 1
                result[keyPath: change] += 1
            }
            return result
        }
    }

    /// What counts the entry.
    private func take(
        _ entry: UserList.Entry, groups: [Group], _ transaction: any SQLTransaction
    ) throws -> WritableKeyPath<UserImport, Int> {
        let name = entry.userPrincipalName
        let old = try transaction.row("SELECT * FROM users WHERE upn_key = ?", name.lowercased()).map(User.init)
        let user = User(
            id: old?.id ?? UUID().uuidString.lowercased(), userPrincipalName: old?.userPrincipalName ?? name,
            displayName: entry.displayName, isEnabled: entry.accountEnabled ?? old?.isEnabled ?? true)
        if old == nil {
            try transaction.insert(user)
            try note(.addUser, .user(user), in: transaction)
        } else if user != old {
            try transaction.update(user)
            try note(.updateUser, .user(user), old.map(user.changes) ?? [:], in: transaction)
        }
        var hasJoined = false
        for group in groups where try transaction.addMember(user.id, toGroup: group.id) {
            hasJoined = true
            try note(.addMember, .user(user), group.audit, in: transaction)
        }
        return old == nil ? \.created : user != old || hasJoined ? \.updated : \.unchanged
    }

    /// The groups that the entries name.
    private func groups(
        of entries: [UserList.Entry], creating: Bool, at now: Date, _ transaction: any SQLTransaction, _ result: inout UserImport
    ) throws -> [String: Group] {
        var groups: [String: Group] = [:]
        var problems: [LineProblem] = []
        for entry in entries {
            func refuse(_ message: String) { problems.append(LineProblem(line: entry.line, message: message)) }
            for name in entry.groups where groups[name] == nil {
                let found = try transaction.rows(
                    "SELECT * FROM user_groups WHERE id = ? OR display_name = ?", name.lowercased(), name
                ).map(Group.init)
                if found.count > 1 {
                    refuse("\(found.count) groups are called \(name): write an id.")
                } else if let group = found.first {
                    groups[name] = group
                } else if creating {
                    let group = Group(displayName: name, created: now)
                    try transaction.insert(group)
                    try note(.addGroup, .group(group), in: transaction)
                    groups[name] = group
                    result.groupsCreated += 1
                } else {
                    refuse("there is no group \(name): create it, or have the import create groups.")
                }
            }
        }
        if !problems.isEmpty { throw UserListError(problems) }
        return groups
    }

    /// Leaves a record of a part of what is recorded.
    private func note(
        _ activity: AuditRecord.Activity, _ target: AuditRecord.Target, _ details: [String: String] = [:],
        in transaction: any SQLTransaction
    ) throws {
        guard let record else { return }
        try transaction.insert(
            AuditRecord(
                occurred: record.occurred, activity: activity, initiator: record.initiator, target: target,
                requestID: record.requestID, details: details))
    }
}
