import Credential
import FoundationEssentials
import GRDB
import Glibc
import LifecycleAPI
public import Verifier

/// The kiosk's events until the service has them: SQLite, WAL, `synchronous=FULL`. The sequence number counts up for ever.
///
/// The end of the events' chain stays when they are gone, with the service's last word for it. What waits is there a second time
/// (``OutboxCopy``).
public struct Outbox: Sendable {
    /// Bytes that stay free on the disk: to take a delivered batch out needs some for the log of it, 64 pages that wait and a few hundred
    /// of its own. Without them a full outbox could never be emptied.
    static let reserve = 4 << 20

    private let path: String
    private let queue: DatabaseQueue
    private let copy: OutboxCopy
    private let waker: AsyncStream<Void>.Continuation
    /// Ticks when there is something new; what comes while one tick waits is in that tick. One reader. It ends when the file is damaged: at
    /// the next opening it is made anew.
    let arrivals: AsyncStream<Void>

    /// Opens or makes the file. Events that the service would not take are offered to it once more.
    ///
    /// A damaged file is put aside and made anew from its copy, which `note` is told.
    public init(path: String, note: (String) -> Void = { _ in }) throws {
        self.path = path
        copy = OutboxCopy(path: path + ".copy")
        (arrivals, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do { queue = try Self.open(path, copy, note) } catch {
            throw OutboxError(
                path, "cannot be opened", error, cure: "Check that its disk can be written to and that the file is whole.")
        }
        waker.yield()
    }

    /// On the disk when it returns. The same attempt twice is one event. Throws ``OutboxError``, also when the disk has no
    /// more room than the reserve.
    public func append(_ attempt: FinishedAttempt) throws {
        let room = room()
        guard room >= Self.reserve else {
            throw OutboxError(
                path, "needs \(Self.reserve >> 10) KiB and has \(room >> 10)",
                cure: "Make room on its disk, or let it reach the service.")
        }
        do {
            try queue.write { db in
                guard let event = try Self.event(of: attempt, db) else { return }
                try copy.append(event)
                try Self.insert(event, db)
            }
        } catch {
            if error.isDamage { waker.finish() }
            throw OutboxError(path, "cannot be written", error, cure: "Check its disk.")
        }
        waker.yield()
    }

    /// Nil when it is there already.
    private static func event(of attempt: FinishedAttempt, _ db: Database) throws -> SignInEvent? {
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM event WHERE id = ?", arguments: [attempt.id.description]) == nil,
            let head = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM chain").map(ChainHead.init)
        else { return nil }
        return SignInEvent(
            id: attempt.id.description, kioskSequence: head.sequence + 1, occurredDateTime: attempt.occurred,
            result: LifecycleAPI.ResultCode(attempt.outcome), userPrincipalName: attempt.userPrincipalName,
            qrCodeId: attempt.qrCodeID?.description, clockTrusted: attempt.isClockTrusted, verifiedOffline: attempt.isOffline,
            previousHash: head.hash)
    }

    /// Puts an event at the end of the chain.
    static func insert(_ event: SignInEvent, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO event (sequence, id, occurred, result, upn, qrCodeID, clockTrusted, verifiedOffline, previousHash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                event.kioskSequence, event.id, event.occurredMilliseconds,
                event.result.rawValue, event.userPrincipalName, event.qrCodeId, event.clockTrusted,
                event.verifiedOffline ?? false, event.previousHash, event.hash,
            ])
        try db.execute(sql: "UPDATE chain SET sequence = ?, hash = ?", arguments: [event.kioskSequence, event.hash])
    }

    /// Bytes that the disk has left for this program.
    private func room() -> Int {
        var disk = statvfs()
        // A disk that cannot be asked says so when it is written to.
        return unsafe statvfs(path, &disk) == 0 ? Int(disk.f_bavail) * Int(disk.f_frsize) : .max
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
            let (head, events) = try Self.content(db)
            // An old copy is no harm: the service drops what it has.
            if events.isEmpty { try? copy.write(head, events) }
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

    /// What the service last signed of this kiosk's chain; nil before the first delivery. A kiosk may be using the file.
    public static func checkpoint(path: String) async throws -> String? {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            return try await DatabaseQueue(path: path, configuration: configuration).read { db in
                try String.fetchOne(db, sql: "SELECT checkpoint FROM chain")
            }
        } catch { throw OutboxError(path, "cannot be read", error, cure: "Name the file of the kiosk's --outbox.") }
    }
}

extension SignInEvent {
    /// Nil when a newer version wrote a result that this one does not know.
    init?(_ row: Row) throws {
        guard let result = LifecycleAPI.ResultCode(rawValue: try row.decode(forColumn: "result")) else { return nil }
        self.init(
            id: try row.decode(forColumn: "id"), kioskSequence: try row.decode(forColumn: "sequence"),
            occurredDateTime: Date(timeIntervalSince1970: Double(try row.decode(Int64.self, forColumn: "occurred")) / 1000),
            result: result, userPrincipalName: try row.decode(forColumn: "upn"), qrCodeId: try row.decode(forColumn: "qrCodeID"),
            clockTrusted: try row.decode(forColumn: "clockTrusted"),
            verifiedOffline: try row.decode(forColumn: "verifiedOffline"),
            previousHash: try row.decode(forColumn: "previousHash"), hash: try row.decode(forColumn: "hash"))
    }
}

extension ChainHead {
    /// Throws when the row is not what a program of ours wrote.
    init(_ row: Row) throws {
        self.init(sequence: try row.decode(forColumn: "sequence"), hash: try row.decode(forColumn: "hash"))
        guard (0..<Int.max).contains(sequence) else { throw DatabaseError.damage }
    }
}
