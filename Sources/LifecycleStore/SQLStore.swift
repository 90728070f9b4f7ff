import FoundationEssentials

/// The repositories on an SQL database.
public struct SQLStore: LifecycleRepository {
    let database: any SQLDatabase
    /// What is written leaves this record, when there is one.
    private let record: AuditRecord?

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
            try transaction.execute(
                "INSERT INTO users (id, upn, upn_key, display_name, enabled) VALUES (?, ?, ?, ?, ?)",
                user.id, user.userPrincipalName, user.userPrincipalName.lowercased(), user.displayName, user.isEnabled)
        }
    }

    public func update(_ user: User) async throws {
        try await write { transaction in
            try transaction.refuseTakenName(of: user)
            try transaction.execute(
                "UPDATE users SET upn = ?, upn_key = ?, display_name = ?, enabled = ? WHERE id = ?",
                user.userPrincipalName, user.userPrincipalName.lowercased(), user.displayName, user.isEnabled, user.id)
        }
    }

    public func users(after name: String?, limit: Int) async throws -> [User] {
        try await read {
            try $0.rows(
                "SELECT * FROM users WHERE upn_key > ? ORDER BY upn_key LIMIT ?", name?.lowercased() ?? "", limit
            ).map(User.init)
        }
    }

    public func user(_ key: String) async throws -> User? {
        try await read {
            try $0.row("SELECT * FROM users WHERE id = ? OR upn_key = ?", key.lowercased(), key.lowercased()).map(User.init)
        }
    }

    public func put(_ client: Client) async throws {
        try await write { transaction in
            try transaction.execute(
                """
                INSERT INTO clients (id, public_key, roles) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, roles = excluded.roles
                """, client.id, client.publicKey, client.roles.joined(separator: " "))
        }
    }

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
            try transaction.execute(
                "INSERT INTO policies (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                String(decoding: try JSONEncoder().encode(policy), as: UTF8.self))
            return policy
        }
    }
}

extension SQLTransaction {
    /// Throws ``StoreError/exists(_:)`` when someone else has the user's name.
    func refuseTakenName(of user: User) throws {
        let name = user.userPrincipalName.lowercased()
        if try row("SELECT id FROM users WHERE upn_key = ? AND id <> ?", name, user.id) != nil {
            throw StoreError.exists(user.userPrincipalName)
        }
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
