public import Credential
import FoundationEssentials
import GRDB
import NIOPosix
import Synchronization
public import Verifier

/// The entries by which this kiosk signs people in while the service is gone: a SQLite file, `synchronous=FULL`.
///
/// The file alone says who signed in here; it has nothing to try a PIN against without the badge.
public final class OfflineStore: OfflineEntries {
    /// People at one kiosk; beyond it those go who would be forgotten first.
    static let limit = 10_000

    private let path: String
    private let queue: DatabaseQueue
    private let pepper: DevicePepper?
    private let cost: OfflineHash.Cost
    private let known = Mutex(Known())

    /// As of the last transaction.
    private struct Known {
        var count: Int?
        var changeNumber: Int?
        /// Something that the service said could not be kept: what is older than its word signs nobody in.
        var isBehind = false
    }

    /// Opens or makes the file. With another pepper than before the entries are gone.
    public convenience init(path: String, pepper: DevicePepper?) throws(OfflineStoreError) {
        try self.init(path: path, pepper: pepper, cost: .standard)
    }

    init(path: String, pepper: DevicePepper?, cost: OfflineHash.Cost) throws(OfflineStoreError) {
        (self.path, self.pepper, self.cost) = (path, pepper, cost)
        do {
            queue = try Self.open(path, pepper: pepper?.fingerprint ?? [])
            let now = try queue.read(Self.look)
            known.withLock { ($0.count, $0.changeNumber) = now }
        } catch { throw OfflineStoreError(path, "cannot be opened", error) }
    }

    public var count: Int? { known.withLock { $0.isBehind ? nil : $0.count } }
    public var changeNumber: Int? { known.withLock { $0.changeNumber } }

    public func secret(of badge: BadgePayload) -> OfflineSecret { OfflineSecret(badge, pepper: pepper) }

    public func verdict(on id: QRCodeID, at moment: Moment) async throws -> StartVerdict {
        try await read { db in try OfflineKnowledge(db).verdict(on: OfflineEntry.of(id, db)?.entry, at: moment) }
    }

    public func check(
        _ pin: PIN, _ secret: OfflineSecret, of id: QRCodeID, at moment: Moment
    ) async throws -> OfflineAnswer {
        let taken = try await write { db in try Self.takeGuess(of: id, at: moment, db) }
        guard let (entry, hash) = taken.found else { return taken.refusal }
        if try await NIOThreadPool.singleton.runIfActive({ try hash.matches(pin, secret, of: id) }) {
            try await change(id) { $0.guessedRight() }
            return .right(entry.grant)
        }
        try await write { db in
            var knowledge = try OfflineKnowledge(db)
            knowledge.guessed(try OfflineEntry.all(db).compactMap(\.lastWrong), at: moment.wall)
            try knowledge.update(db)
        }
        return entry.lockedUntil == nil
            ? .refused(.wrongPIN) : .refused(.lockedOut, lockedUntil: entry.isEnded ? nil : entry.lockedUntil)
    }

    /// Counts the guess; or says why it may not be made.
    private static func takeGuess(
        of id: QRCodeID, at moment: Moment, _ db: Database
    ) throws -> (found: (OfflineEntry, OfflineHash)?, refusal: OfflineAnswer) {
        var (knowledge, found) = (try OfflineKnowledge(db), try OfflineEntry.of(id, db))
        switch knowledge.verdict(on: found?.entry, at: moment) {
        case .refused(let outcome, let until): return (nil, .refused(outcome, lockedUntil: until))
        case .pinRequired:
            knowledge.see(moment)
            try knowledge.update(db)
            found?.entry.guessed(at: moment.wall)
            try found?.entry.update(db)
            return (found.map { ($0.entry, $0.hash) }, .refused(.serviceUnavailable))
        }
    }

    public func keep(_ entry: OfflineEntry, _ pin: PIN, _ secret: OfflineSecret, at moment: Moment) async throws {
        guard try await read({ try OfflineKnowledge($0).admits(entry.grant) }) else { return }
        let hash = try await NIOThreadPool.singleton.runIfActive { [cost] in
            try OfflineHash(pin, secret, of: entry.qrCodeID, cost: cost)
        }
        try await write { db in
            var knowledge = try OfflineKnowledge(db)
            // Again: something may have been heard of meanwhile.
            guard knowledge.admits(entry.grant) else { return }
            knowledge.see(moment)
            try knowledge.update(db)
            try entry.insert(hash, db)
            try db.execute(
                sql: "DELETE FROM entry WHERE code IN (SELECT code FROM entry ORDER BY expiry DESC LIMIT -1 OFFSET ?)",
                arguments: [Self.limit])
        }
    }

    public func learn(_ verdict: StartVerdict, of id: QRCodeID) async throws { try await hear(id) { $0.after(verdict) } }

    public func learn(_ answer: PINAnswer, of id: QRCodeID, at moment: Moment) async throws {
        try await hear(id) { $0.after(answer, at: moment.wall) }
    }

    private func hear(_ id: QRCodeID, _ body: @escaping @Sendable (OfflineEntry) -> OfflineEntry?) async throws {
        do { try await replace(id, body) } catch {
            known.withLock { $0.isBehind = true }
            throw error
        }
    }

    public func take(_ update: OfflineUpdate, at moment: Moment) async throws {
        try await write { db in
            var knowledge = try OfflineKnowledge(db)
            let entries = try OfflineEntry.all(db)
            let left = Dictionary(uniqueKeysWithValues: knowledge.take(update, entries, at: moment).map { ($0.qrCodeID, $0) })
            try knowledge.update(db)
            for entry in entries where left[entry.qrCodeID] != entry {
                if let changed = left[entry.qrCodeID] { try changed.update(db) } else { try entry.delete(db) }
            }
        }
    }

    public func confirm(at moment: Moment) async throws {
        // A kiosk that may not do it wears no disk out.
        guard count != nil else { return }
        try await write { db in
            var knowledge = try OfflineKnowledge(db)
            knowledge.confirm(at: moment)
            try knowledge.update(db)
        }
    }

    public func forget() async throws {
        try await write { db in
            var knowledge = try OfflineKnowledge(db)
            (knowledge.rules, knowledge.changeNumber, knowledge.confirmed) = (nil, nil, nil)
            try knowledge.update(db)
            try db.execute(sql: "DELETE FROM entry")
        }
    }

    // MARK: Transactions

    private func change(_ id: QRCodeID, _ body: @escaping @Sendable (inout OfflineEntry) -> Void) async throws {
        try await replace(id) { entry in
            var entry = entry
            body(&entry)
            return entry
        }
    }

    private func replace(_ id: QRCodeID, _ body: @escaping @Sendable (OfflineEntry) -> OfflineEntry?) async throws {
        // A transaction costs a wait for the disk.
        guard let entry = try await read({ try OfflineEntry.of(id, $0)?.entry }), body(entry) != entry else { return }
        try await write { db in
            guard let entry = try OfflineEntry.of(id, db)?.entry else { return }
            if let changed = body(entry) { try changed.update(db) } else { try entry.delete(db) }
        }
    }

    private static func look(_ db: Database) throws -> (count: Int?, changeNumber: Int?) {
        let knowledge = try OfflineKnowledge(db)
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry WHERE tag <> x''") ?? 0
        return (knowledge.rules == nil ? nil : count, knowledge.changeNumber)
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await queue.read(body) } catch { throw OfflineStoreError(path, "cannot be read", error) }
    }

    @discardableResult private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            let (value, now) = try await queue.write { db in (try body(db), try Self.look(db)) }
            known.withLock { ($0.count, $0.changeNumber) = now }
            return value
        } catch { throw OfflineStoreError(path, "cannot be written", error) }
    }
}
