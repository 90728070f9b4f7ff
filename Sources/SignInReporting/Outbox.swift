import Credential
import FoundationEssentials
import GRDB
import LifecycleAPI
public import Verifier

/// The kiosk's events until the service has them: SQLite, WAL, `synchronous=FULL`. The sequence number counts up for ever.
///
/// The end of the events' chain stays when they are gone, with the service's last word for it.
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
        waker.yield()
    }

    /// On the disk when it returns. The same attempt twice is one event.
    public func append(_ attempt: FinishedAttempt) throws {
        try queue.write { db in
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM event WHERE id = ?", arguments: [attempt.id.description]) == nil,
                let head = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM chain")
            else { return }
            let event = SignInEvent(
                id: attempt.id.description, kioskSequence: head["sequence"] + 1, occurredDateTime: attempt.occurred,
                result: LifecycleAPI.ResultCode(attempt.outcome), userPrincipalName: attempt.userPrincipalName,
                qrCodeId: attempt.qrCodeID?.description, clockTrusted: attempt.isClockTrusted, previousHash: head["hash"])
            try db.execute(
                sql: """
                    INSERT INTO event (sequence, id, occurred, result, upn, qrCodeID, clockTrusted, previousHash, hash)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    event.kioskSequence, event.id, Int64((attempt.occurred.timeIntervalSince1970 * 1000).rounded()),
                    event.result.rawValue, event.userPrincipalName, event.qrCodeId, event.clockTrusted, event.previousHash,
                    event.hash,
                ])
            try db.execute(sql: "UPDATE chain SET sequence = ?, hash = ?", arguments: [event.kioskSequence, event.hash])
        }
        waker.yield()
    }

    /// The first events in order, without those that the service refused.
    func oldest(_ limit: Int) async throws -> [SignInEvent] {
        try await queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM event WHERE refusedBecause IS NULL ORDER BY sequence LIMIT ?", arguments: [limit]
            ).compactMap(SignInEvent.init)
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

    func keep(checkpoint: String) async throws {
        try await queue.write { db in try db.execute(sql: "UPDATE chain SET checkpoint = ?", arguments: [checkpoint]) }
    }

    /// What the service last signed of this kiosk's chain; nil before the first delivery.
    public func checkpoint() async throws -> String? {
        try await queue.read { db in try String.fetchOne(db, sql: "SELECT checkpoint FROM chain") }
    }
}

extension SignInEvent {
    /// Nil when a newer version wrote a result that this one does not know.
    init?(_ row: Row) {
        guard let result = LifecycleAPI.ResultCode(rawValue: row["result"]) else { return nil }
        self.init(
            id: row["id"], kioskSequence: row["sequence"],
            occurredDateTime: Date(timeIntervalSince1970: Double(row["occurred"] as Int64) / 1000), result: result,
            userPrincipalName: row["upn"], qrCodeId: row["qrCodeID"], clockTrusted: row["clockTrusted"],
            previousHash: row["previousHash"], hash: row["hash"])
    }
}
