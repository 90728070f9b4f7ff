public import FoundationEssentials
import GRDB

/// The store of one service process, in one SQLite file: WAL, `synchronous=FULL`.
public struct SQLiteStore: LifecycleRepository {
    let pool: DatabasePool

    /// Opens or makes the file and brings it to the newest form.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        try SQLiteSchema.migrator.migrate(pool)
    }

    // MARK: Directory

    public func add(_ user: User) async throws {
        try await pool.write { db in
            try db.refuseTakenName(of: user)
            try db.execute(
                sql: "INSERT INTO user (id, upn, displayName, enabled) VALUES (?, ?, ?, ?)",
                arguments: [user.id, user.userPrincipalName, user.displayName, user.isEnabled])
        }
    }

    public func update(_ user: User) async throws {
        try await pool.write { db in
            try db.refuseTakenName(of: user)
            try db.execute(
                sql: "UPDATE user SET upn = ?, displayName = ?, enabled = ? WHERE id = ?",
                arguments: [user.userPrincipalName, user.displayName, user.isEnabled, user.id])
        }
    }

    public func users(after name: String?, limit: Int) async throws -> [User] {
        try await pool.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM user WHERE upn > ? ORDER BY upn LIMIT ?", arguments: [name ?? "", limit]
            ).map(User.init)
        }
    }

    public func user(_ key: String) async throws -> User? {
        try await pool.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM user WHERE id = ? OR upn = ?", arguments: [key, key]).map(User.init)
        }
    }

    public func put(_ client: Client) async throws {
        try await pool.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO client (id, publicKey, roles) VALUES (?, ?, ?)",
                arguments: [client.id, Data(client.publicKey), client.roles.joined(separator: " ")])
        }
    }

    public func client(_ id: String) async throws -> Client? {
        try await pool.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM client WHERE id = ?", arguments: [id]).map {
                let roles: String = $0["roles"]
                return Client(
                    id: $0["id"], publicKey: [UInt8]($0["publicKey"] as Data), roles: roles.split(separator: " ").map(String.init)
                )
            }
        }
    }

    // MARK: Policy

    public func policy() async throws -> Policy { try await pool.read { db in try db.policy() } }

    public func changePolicy(_ change: @escaping @Sendable (inout Policy) -> Void) async throws -> Policy {
        try await pool.write { db in
            var policy = try db.policy()
            change(&policy)
            try db.put(policy)
            return policy
        }
    }

    // MARK: Methods and codes

    public func method(ofUser userID: String) async throws -> QRCodePINMethod? {
        try await pool.read { db in try db.method(ofUser: userID) }
    }

    public func create(_ method: QRCodePINMethod, at now: Date) async throws {
        try await pool.write { db in
            if let old = try db.method(ofUser: method.userID) {
                guard [old.standardCode, old.temporaryCode].allSatisfy({ $0.map { $0.expire <= now } ?? true }) else {
                    throw StoreError.activeExists
                }
                try db.execute(sql: "DELETE FROM method WHERE userID = ?", arguments: [method.userID])
            }
            try db.execute(
                sql: "INSERT INTO method (userID, id, created) VALUES (?, ?, ?)",
                arguments: [method.userID, method.id, method.created])
            for code in [method.standardCode, method.temporaryCode] {
                if let code { try db.insert(code, userID: method.userID) }
            }
            if let pin = method.pin { try db.put(pin, userID: method.userID) }
        }
    }

    public func deleteMethod(ofUser userID: String) async throws -> Bool {
        try await pool.write { db in
            try db.execute(sql: "DELETE FROM method WHERE userID = ?", arguments: [userID])
            return db.changesCount > 0
        }
    }

    public func create(_ code: Code, forUser userID: String, at now: Date) async throws {
        try await pool.write { db in
            guard try db.method(ofUser: userID)?.code(code.kind).map({ $0.expire <= now }) ?? true else {
                throw StoreError.activeExists
            }
            try db.execute(sql: "DELETE FROM code WHERE userID = ? AND kind = ?", arguments: [userID, code.kind.rawValue])
            try db.insert(code, userID: userID)
        }
    }

    public func setExpiry(ofCode codeID: String, to expire: Date) async throws {
        try await pool.write { db in
            try db.execute(sql: "UPDATE code SET expire = ? WHERE id = ?", arguments: [expire, codeID])
        }
    }

    public func deleteCode(_ kind: Code.Kind, ofUser userID: String) async throws -> Bool {
        try await pool.write { db in
            try db.execute(sql: "DELETE FROM code WHERE userID = ? AND kind = ?", arguments: [userID, kind.rawValue])
            return db.changesCount > 0
        }
    }

    public func setPIN(_ pin: StoredPIN, ofUser userID: String) async throws {
        try await pool.write { db in
            try db.put(pin, userID: userID)
            try db.execute(
                sql: "DELETE FROM guess WHERE codeID IN (SELECT id FROM code WHERE userID = ?)", arguments: [userID])
        }
    }

    public func deletePIN(ofUser userID: String) async throws -> Bool {
        try await pool.write { db in
            try db.execute(sql: "DELETE FROM pin WHERE userID = ?", arguments: [userID])
            return db.changesCount > 0
        }
    }

    public func code(_ codeID: String) async throws -> (code: Code, userID: String)? {
        try await pool.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM code WHERE id = ?", arguments: [codeID]).map { (Code($0), $0["userID"]) }
        }
    }
}
