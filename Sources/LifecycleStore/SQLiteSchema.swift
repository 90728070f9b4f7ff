import FoundationEssentials
import GRDB

/// The tables, and the steps from each released form to the next.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE user (
                        id TEXT PRIMARY KEY COLLATE NOCASE, upn TEXT NOT NULL UNIQUE COLLATE NOCASE, displayName TEXT NOT NULL);
                    CREATE TABLE client (id TEXT PRIMARY KEY, publicKey BLOB NOT NULL, roles TEXT NOT NULL);
                    CREATE TABLE method (
                        userID TEXT PRIMARY KEY REFERENCES user(id), id TEXT NOT NULL, created TEXT NOT NULL, lastUsed TEXT);
                    CREATE TABLE code (
                        id TEXT PRIMARY KEY, userID TEXT NOT NULL REFERENCES method(userID) ON DELETE CASCADE,
                        kind TEXT NOT NULL CHECK (kind IN ('standard', 'temporary')), publicKey BLOB NOT NULL,
                        created TEXT NOT NULL, start TEXT NOT NULL, expire TEXT NOT NULL, lastUsed TEXT,
                        UNIQUE (userID, kind));
                    CREATE TABLE pin (
                        userID TEXT PRIMARY KEY REFERENCES method(userID) ON DELETE CASCADE, id TEXT NOT NULL,
                        hash TEXT NOT NULL, mustChange INTEGER NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL);
                    CREATE TABLE attempt (
                        id TEXT PRIMARY KEY, kioskID TEXT NOT NULL, codeID TEXT NOT NULL, userID TEXT NOT NULL,
                        started TEXT NOT NULL, stage TEXT NOT NULL);
                    CREATE INDEX attemptStarted ON attempt (started);
                    CREATE TABLE guess (
                        codeID TEXT NOT NULL, kioskID TEXT NOT NULL, count INTEGER NOT NULL, lockedUntil TEXT,
                        PRIMARY KEY (codeID, kioskID));
                    CREATE TABLE event (
                        id TEXT PRIMARY KEY, kioskID TEXT NOT NULL, kioskSequence INTEGER NOT NULL, occurred TEXT NOT NULL,
                        received TEXT NOT NULL, result TEXT NOT NULL, upn TEXT, qrCodeID TEXT, clockTrusted INTEGER NOT NULL);
                    CREATE INDEX eventOccurred ON event (occurred, id);
                    """)
        }
        migrator.registerMigration("2") { db in
            // No PIN was shorter than 8 digits before the length was kept.
            try db.execute(
                sql: """
                    ALTER TABLE pin ADD COLUMN length INTEGER NOT NULL DEFAULT 8;
                    ALTER TABLE user ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
                    CREATE TABLE policy (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
                    """)
        }
        return migrator
    }
}

extension User {
    init(_ row: Row) {
        self.init(id: row["id"], userPrincipalName: row["upn"], displayName: row["displayName"], isEnabled: row["enabled"])
    }
}

extension Code {
    init(_ row: Row) {
        // The table admits only the two kinds.
        self.init(
            id: row["id"], kind: Kind(rawValue: row["kind"]) ?? .standard, publicKey: [UInt8](row["publicKey"] as Data),
            created: row["created"], start: row["start"], expire: row["expire"], lastUsed: row["lastUsed"])
    }
}

extension Database {
    func refuseTakenName(of user: User) throws {
        let taken = try Row.fetchOne(
            self, sql: "SELECT 1 FROM user WHERE upn = ? AND id <> ?", arguments: [user.userPrincipalName, user.id])
        if taken != nil { throw StoreError.exists(user.userPrincipalName) }
    }

    func method(ofUser userID: String) throws -> QRCodePINMethod? {
        guard let row = try Row.fetchOne(self, sql: "SELECT * FROM method WHERE userID = ?", arguments: [userID]) else {
            return nil
        }
        let codes = try Row.fetchAll(self, sql: "SELECT * FROM code WHERE userID = ?", arguments: [userID]).map(Code.init)
        let pin = try Row.fetchOne(self, sql: "SELECT * FROM pin WHERE userID = ?", arguments: [userID]).map {
            StoredPIN(
                id: $0["id"], hash: $0["hash"], length: $0["length"], mustChange: $0["mustChange"], created: $0["created"],
                updated: $0["updated"])
        }
        return QRCodePINMethod(
            id: row["id"], userID: userID, created: row["created"], lastUsed: row["lastUsed"],
            standardCode: codes.first { $0.kind == .standard }, temporaryCode: codes.first { $0.kind == .temporary }, pin: pin)
    }

    func insert(_ code: Code, userID: String) throws {
        try execute(
            sql: """
                INSERT INTO code (id, userID, kind, publicKey, created, start, expire) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                code.id, userID, code.kind.rawValue, Data(code.publicKey), code.created, code.start, code.expire,
            ])
    }

    func policy() throws -> Policy {
        guard let body = try String.fetchOne(self, sql: "SELECT body FROM policy") else { return .initial }
        return try JSONDecoder().decode(Policy.self, from: Data(body.utf8))
    }

    func put(_ policy: Policy) throws {
        let body = String(decoding: try JSONEncoder().encode(policy), as: UTF8.self)
        try execute(sql: "INSERT OR REPLACE INTO policy (id, body) VALUES (1, ?)", arguments: [body])
    }

    func put(_ pin: StoredPIN, userID: String) throws {
        try execute(
            sql:
                "INSERT OR REPLACE INTO pin (userID, id, hash, length, mustChange, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [userID, pin.id, pin.hash, pin.length, pin.mustChange, pin.created, pin.updated])
    }
}
