import FoundationEssentials
import GRDB
import LifecycleAPI

extension Outbox {
    /// The file, whole and with all events that its copy has.
    static func open(_ path: String, _ copy: OutboxCopy, _ note: (String) -> Void) throws -> DatabaseQueue {
        let kept = copy.read()
        let queue: DatabaseQueue
        do { queue = try open(path, kept?.events ?? []) } catch {
            guard error.isDamage, let kept else { throw error }
            let aside = "\(path).damaged-\(Int(Date().timeIntervalSince1970 * 1000))"
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            // They belong to the damaged file.
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            queue = try open(path, [])
            try queue.write { db in
                for event in kept.events { try insert(event, db) }
                try db.execute(sql: "UPDATE chain SET sequence = ?, hash = ?", arguments: [kept.head.sequence, kept.head.hash])
            }
            note("\(path) was damaged and is made anew with \(kept.events.count) events of its copy. The old file is \(aside)")
        }
        let (head, events) = try queue.write { db in
            var (head, _) = try content(db)
            // A damaged log of the database loses its last writes without a word.
            for event in kept?.events ?? [] where [.next, .gap].contains(head.take(event)) { try insert(event, db) }
            return try content(db)
        }
        // Without a copy the outbox works as well, for as long as it is whole.
        do { try copy.write(head, events) } catch { note("\(copy.path) cannot be written: \(error). Check its disk.") }
        return queue
    }

    private static func open(_ path: String, _ kept: [SignInEvent]) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // What was taken out is the disk's again, not the file's.
            try db.execute(
                sql: """
                    PRAGMA auto_vacuum = FULL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 64;
                    PRAGMA journal_size_limit = 0
                    """)
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            guard try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") == "ok" else { throw DatabaseError.damage }
        }
        try migrate(queue)
        let (_, events) = try queue.read(content)
        // A result that is unknown may be a newer version's; not so if the copy knows it.
        let all = try queue.read { db in try Int.fetchSet(db, sql: "SELECT sequence FROM event") }
        let lost = all.subtracting(events.map(\.kioskSequence))
        guard kept.allSatisfy({ !lost.contains($0.kioskSequence) }) else { throw DatabaseError.damage }
        return queue
    }

    /// The chain's end and all events. Throws an error that `isDamage` when they are not what was written.
    static func content(_ db: Database) throws -> (head: ChainHead, events: [SignInEvent]) {
        guard let chain = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM chain") else { throw DatabaseError.damage }
        let events = try Row.fetchAll(db, sql: "SELECT * FROM event ORDER BY sequence").compactMap(SignInEvent.init)
        guard events.allSatisfy({ $0.hash == $0.computedHash }) else { throw DatabaseError.damage }
        let head = try ChainHead(chain)
        guard events.allSatisfy({ $0.kioskSequence <= head.sequence }) else { throw DatabaseError.damage }
        return (head, events)
    }

    private static func migrate(_ queue: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            // Times are in milliseconds since 1970, as they are hashed.
            try db.execute(
                sql: """
                    CREATE TABLE event (
                        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, occurred INTEGER NOT NULL, result TEXT NOT NULL,
                        upn TEXT, qrCodeID TEXT, clockTrusted INTEGER NOT NULL, previousHash TEXT NOT NULL, hash TEXT NOT NULL,
                        refusedBecause TEXT);
                    CREATE TABLE chain (
                        id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL, checkpoint TEXT);
                    """)
            try db.execute(
                sql: "INSERT INTO chain (id, sequence, hash) VALUES (1, ?, ?)",
                arguments: [ChainHead.start.sequence, ChainHead.start.hash])
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: "ALTER TABLE event ADD COLUMN verifiedOffline INTEGER NOT NULL DEFAULT 0")
        }
        try migrator.migrate(queue)
        // A service that was too old for an event may be newer now.
        try queue.write { db in try db.execute(sql: "UPDATE event SET refusedBecause = NULL WHERE refusedBecause IS NOT NULL") }
    }
}

extension DatabaseError {
    static let damage = DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the file is damaged")
}

extension Error {
    /// The file is not what was written to it. `SQLITE_ERROR` is of a table that is no more: the statements themselves are right.
    var isDamage: Bool {
        self is RowDecodingError
            || [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains((self as? DatabaseError)?.resultCode)
    }
}

/// What is wrong with the outbox's file or its disk.
public struct OutboxError: Error, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ problem: String, _ cause: (any Error)? = nil, cure: String) {
        // A database error's own description has the statement, which helps nobody at a kiosk.
        let reason = cause.map { ": " + (($0 as? DatabaseError)?.message ?? "\($0)") } ?? ""
        description = "\(path) \(problem)\(reason). \(cure)"
    }
}
