import GRDB
import Synchronization

/// Writers of one SQLite database. Those who wait while another one's commit goes to the disk share the next commit: one fsync for all.
///
/// Each has a savepoint of its own, so that its error undoes its own changes alone, and hears of its success only after the commit.
final class GroupCommit: Sendable {
    /// Runs in the transaction of its group, and gives the function that tells the writer once that has ended.
    private typealias Writer = @Sendable (Database) -> @Sendable (_ commit: Result<Void, any Error>) -> Void

    private struct State {
        var waiting: [Writer] = []
        var isRunning = false
    }

    private let connection: any DatabaseWriter
    private let state = Mutex(State())
    /// Of one commit, so that the first of a crowd do not wait for all of it.
    private static let most = 256

    init(_ connection: any DatabaseWriter) { self.connection = connection }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add { db in
                let outcome = Result {
                    // Some errors, such as a full disk, end the whole transaction (sqlite.org/lang_transaction.html §3).
                    guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                    var value: Value?
                    try db.inSavepoint {
                        value = try body(db)
                        return .commit
                    }
                    guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                    return value
                }
                return { commit in continuation.resume(with: commit.flatMap { outcome }) }
            }
        }
    }

    private func add(_ writer: @escaping Writer) {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            state.waiting.append(writer)
            return !state.isRunning
        }
        guard isFirst else { return }
        connection.asyncWriteWithoutTransaction { db in
            while let group = self.next() { Self.run(group, db) }
        }
    }

    private func next() -> [Writer]? {
        state.withLock { state in
            let group = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(group.count)
            state.isRunning = !group.isEmpty
            return group.isEmpty ? nil : group
        }
    }

    private static func run(_ group: [Writer], _ db: Database) {
        var told: [@Sendable (Result<Void, any Error>) -> Void] = []
        let commit = Result {
            try db.inTransaction(.immediate) {
                told = group.map { $0(db) }
                return .commit
            }
        }
        // Without a transaction no writer does anything; each hears why there was none.
        if told.isEmpty { told = group.map { $0(db) } }
        for tell in told { tell(commit) }
    }
}
