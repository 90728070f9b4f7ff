import Credential
import FoundationEssentials
import GRDB
import Verifier

/// What is wrong with the file of offline entries, or with hashing.
public struct OfflineStoreError: Error, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ problem: String, _ cause: any Error) {
        let reason = (cause as? DatabaseError)?.message ?? "\(cause)"
        description =
            "\(path) \(problem): \(reason). Check its disk; without the file people sign in online, and then offline again."
    }

    private init(description: String) { self.description = description }

    static func argon2(_ status: Int32) -> Self { Self(description: "argon2id failed with \(status). Is there memory left?") }
}

extension OfflineStore {
    /// A damaged file is made anew: what was in it comes again with online sign-ins.
    static func open(_ path: String, pepper fingerprint: [UInt8]) throws -> DatabaseQueue {
        do { return try openWhole(path, pepper: fingerprint) } catch let error where error.isDamage {
            for suffix in ["", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            return try openWhole(path, pepper: fingerprint)
        }
    }

    private static func openWhole(_ path: String, pepper fingerprint: [UInt8]) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // No write-ahead log: what was deleted is overwritten in the one file that there is.
            try db.execute(
                sql:
                    "PRAGMA secure_delete = ON; PRAGMA auto_vacuum = FULL; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL"
            )
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            guard try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT)
            }
        }
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            // Times are in milliseconds since 1970. `salt` and `tag` are empty when the entry has ended.
            try db.execute(
                sql: """
                    CREATE TABLE entry (
                        code TEXT PRIMARY KEY, userID TEXT NOT NULL, upn TEXT NOT NULL, expiry INTEGER NOT NULL,
                        changeNumber INTEGER NOT NULL, start INTEGER NOT NULL, expire INTEGER NOT NULL, pinLength INTEGER NOT NULL,
                        wrong INTEGER NOT NULL, lastWrong INTEGER, lockedUntil INTEGER, salt BLOB NOT NULL, tag BLOB NOT NULL,
                        kibibytes INTEGER NOT NULL, passes INTEGER NOT NULL);
                    CREATE TABLE knowledge (
                        id INTEGER PRIMARY KEY CHECK (id = 1), lifetime DOUBLE, changesMaxAge DOUBLE, changeNumber INTEGER,
                        confirmed INTEGER, latest INTEGER, coolingUntil INTEGER, pepper BLOB NOT NULL);
                    INSERT INTO knowledge (id, pepper) VALUES (1, x'');
                    """)
        }
        try migrator.migrate(queue)
        try queue.write { db in
            // Under another pepper every PIN would be wrong.
            if try [UInt8](Data.fetchOne(db, sql: "SELECT pepper FROM knowledge") ?? Data()) != fingerprint {
                try db.execute(sql: "DELETE FROM entry")
                try db.execute(sql: "UPDATE knowledge SET pepper = ?", arguments: [Data(fingerprint)])
            }
            // Reads whatever is kept, so that a value of another kind is found now and not in a sign-in.
            _ = (try OfflineKnowledge(db), try OfflineEntry.all(db))
        }
        return queue
    }
}

extension Error {
    /// `SQLITE_ERROR` is of a table or column that is no more: the statements themselves are right.
    fileprivate var isDamage: Bool {
        self is RowDecodingError
            || [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains((self as? DatabaseError)?.resultCode)
    }
}

extension Date {
    fileprivate init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
    fileprivate var milliseconds: Int64 { Int64(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? .max }
}

// MARK: Rows

extension Row {
    /// In the file milliseconds since 1970.
    fileprivate func date(_ column: String) throws -> Date? {
        try decode(Int64?.self, forColumn: column).map(Date.init(milliseconds:))
    }
}

extension OfflineEntry {
    static func all(_ db: Database) throws -> [OfflineEntry] {
        try Row.fetchAll(db, sql: "SELECT * FROM entry").compactMap(Self.init)
    }

    static func of(_ id: QRCodeID, _ db: Database) throws -> (entry: OfflineEntry, hash: OfflineHash)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM entry WHERE code = ?", arguments: [id.description]),
            let entry = try Self(row)
        else { return nil }
        let cost = OfflineHash.Cost(
            kibibytes: try row.decode(forColumn: "kibibytes"), passes: try row.decode(forColumn: "passes"))
        let (salt, tag) = (try row.decode(Data.self, forColumn: "salt"), try row.decode(Data.self, forColumn: "tag"))
        return (entry, OfflineHash(salt: [UInt8](salt), tag: [UInt8](tag), cost: cost))
    }

    /// Nil for a row that no program of ours wrote.
    private init?(_ row: Row) throws {
        guard let id = QRCodeID(try row.decode(String.self, forColumn: "code")), let start = try row.date("start"),
            let expire = try row.date("expire"), let window = ValidityWindow(start: start, expiry: expire),
            let expiry = try row.date("expiry")
        else { return nil }
        let grant = OfflineGrant(
            userID: try row.decode(forColumn: "userID"), userPrincipalName: try row.decode(forColumn: "upn"), expiry: expiry,
            changeNumber: try row.decode(forColumn: "changeNumber"))
        self.init(qrCodeID: id, grant: grant, window: window, pinLength: try row.decode(forColumn: "pinLength"))
        wrongPINs = try row.decode(forColumn: "wrong")
        lastWrong = try row.date("lastWrong")
        lockedUntil = try row.date("lockedUntil")
    }

    func insert(_ hash: OfflineHash, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO entry (
                    code, userID, upn, expiry, changeNumber, start, expire, pinLength, wrong, salt, tag, kibibytes, passes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
                """,
            arguments: [
                qrCodeID.description, grant.userID, grant.userPrincipalName, grant.expiry.milliseconds, grant.changeNumber,
                window.start.milliseconds, window.expiry.milliseconds, pinLength, Data(hash.salt), Data(hash.tag),
                hash.cost.kibibytes, hash.cost.passes,
            ])
    }

    /// What may change. Of an entry that has ended nothing stays that a PIN could be tried against.
    func update(_ db: Database) throws {
        try db.execute(
            sql: "UPDATE entry SET start = ?, expire = ?, wrong = ?, lastWrong = ?, lockedUntil = ? WHERE code = ?",
            arguments: [
                window.start.milliseconds, window.expiry.milliseconds, wrongPINs, lastWrong?.milliseconds,
                lockedUntil?.milliseconds, qrCodeID.description,
            ])
        if isEnded {
            try db.execute(sql: "UPDATE entry SET salt = x'', tag = x'' WHERE code = ?", arguments: [qrCodeID.description])
        }
    }

    func delete(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM entry WHERE code = ?", arguments: [qrCodeID.description])
    }
}

extension OfflineKnowledge {
    init(_ db: Database) throws {
        self.init()
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM knowledge") else { return }
        if let lifetime = try row.decode(Double?.self, forColumn: "lifetime"),
            let age = try row.decode(Double?.self, forColumn: "changesMaxAge")
        {
            rules = OfflineRules(lifetime: lifetime, changesMaxAge: age)
        }
        changeNumber = try row.decode(forColumn: "changeNumber")
        confirmed = try row.date("confirmed")
        latest = try row.date("latest")
        coolingUntil = try row.date("coolingUntil")
    }

    func update(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE knowledge SET lifetime = ?, changesMaxAge = ?, changeNumber = ?, confirmed = ?, latest = ?, coolingUntil = ?
                """,
            arguments: [
                rules?.lifetime, rules?.changesMaxAge, changeNumber, confirmed?.milliseconds, latest?.milliseconds,
                coolingUntil?.milliseconds,
            ])
    }
}
