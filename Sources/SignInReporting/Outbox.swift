import Credential
import FoundationEssentials
import GRDB
import LifecycleAPI
public import Verifier

/// The kiosk's events until the service has them: SQLite, WAL, `synchronous=FULL`. The sequence number counts up for ever.
public struct Outbox: Sendable {
    private let queue: DatabaseQueue
    private let waker: AsyncStream<Void>.Continuation
    /// Ticks when there is something new; what comes while one tick waits is in that tick. One reader.
    let arrivals: AsyncStream<Void>

    /// Opens or makes the file.
    public init(path: String) throws {
        (arrivals, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            // AUTOINCREMENT: a number is never used again, so that a gap shows.
            try db.execute(
                sql: """
                    CREATE TABLE event (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, occurred TEXT NOT NULL,
                        result TEXT NOT NULL, upn TEXT, qrCodeID TEXT, clockTrusted INTEGER NOT NULL,
                        refusedBecause TEXT);
                    """)
        }
        try migrator.migrate(queue)
        waker.yield()
    }

    /// On the disk when it returns. The same attempt twice is one event.
    public func append(_ attempt: FinishedAttempt) throws {
        try queue.write { db in
            // Not INSERT OR IGNORE: what it ignores still uses up a sequence number, and leaves a gap.
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM event WHERE id = ?", arguments: [attempt.id.description]) == nil else {
                return
            }
            try db.execute(
                sql: """
                    INSERT INTO event (id, occurred, result, upn, qrCodeID, clockTrusted) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    attempt.id.description, attempt.occurred, LifecycleAPI.ResultCode(attempt.outcome).rawValue,
                    attempt.userPrincipalName,
                    attempt.qrCodeID?.description, attempt.isClockTrusted,
                ])
        }
        waker.yield()
    }

    /// The first events in order, without those that the service refused.
    func oldest(_ limit: Int) async throws -> [SignInEvent] {
        try await queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM event WHERE refusedBecause IS NULL ORDER BY sequence LIMIT ?", arguments: [limit]
            ).compactMap { row in
                LifecycleAPI.ResultCode(rawValue: row["result"]).map {
                    SignInEvent(
                        id: row["id"], kioskSequence: row["sequence"], occurredDateTime: row["occurred"], result: $0,
                        userPrincipalName: row["upn"], qrCodeId: row["qrCodeID"], clockTrusted: row["clockTrusted"])
                }
            }
        }
    }

    func remove(_ ids: [String]) async throws {
        try await queue.write { db in
            for id in ids { try db.execute(sql: "DELETE FROM event WHERE id = ?", arguments: [id]) }
        }
    }

    /// Keeps an event that the service will never take, out of the way of the others.
    func setAside(_ id: String, because reason: String) async throws {
        try await queue.write { db in
            try db.execute(sql: "UPDATE event SET refusedBecause = ? WHERE id = ?", arguments: [reason, id])
        }
    }

    /// Events that wait for the service.
    public func count() async throws -> Int {
        try await queue.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM event WHERE refusedBecause IS NULL") ?? 0
        }
    }
}
