import GRDB
import LifecycleAPI

extension Outbox {
    static func migrate(_ queue: DatabaseQueue) throws {
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
        try migrator.migrate(queue)
        // A service that was too old for an event may be newer now.
        try queue.write { db in try db.execute(sql: "UPDATE event SET refusedBecause = NULL WHERE refusedBecause IS NOT NULL") }
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
