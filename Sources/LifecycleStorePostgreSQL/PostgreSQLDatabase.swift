public import LifecycleStore
import NIOPosix
import Synchronization

/// The database of any number of service processes side by side: a PostgreSQL server through libpq.
///
/// Each transaction has a connection and a thread for itself, at most ``connections`` at once; the others wait. Writes are serializable and
/// run again when another transaction was in their way. While the server is away every call throws `StoreError.unavailable(_:)`,
/// and the first one after its return connects anew.
public final class PostgreSQLDatabase: SQLDatabase {
    public static let connections = 8

    public let dialect = SQLDialect.postgreSQL
    private let address: PostgreSQLAddress
    private let threads = NIOThreadPool(numberOfThreads: PostgreSQLDatabase.connections)
    /// As many as ran at once so far.
    private let idle = Mutex<[PostgreSQLConnection]>([])
    /// With up to half a second between the last ones: in sum about three seconds.
    private static let mostRuns = 12

    public init(_ address: PostgreSQLAddress) {
        self.address = address
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws -> Value {
        // A snapshot of one moment.
        try await transact("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
    }

    @discardableResult public func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws -> Value
    {
        try await transact("BEGIN ISOLATION LEVEL SERIALIZABLE", body)
    }

    private func transact<Value: Sendable>(
        _ begin: String, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        var run = 1
        while true {
            do {
                return try await threads.runIfActive { try self.run(begin, body) }
            } catch let error as PostgreSQLError where error.isTransient {
                guard run < Self.mostRuns else { throw StoreError.unavailable(error.description) }
                // Doubling from 2 ms, by chance, so that those who met do not meet again.
                try await Task.sleep(for: .milliseconds(min(500, 1 << run)) * Double.random(in: 0.5...1))
            } catch let error as PostgreSQLError where error.isServerTrouble {
                throw StoreError.unavailable("\(error). Check the server.")
            }
            run += 1
        }
    }

    /// On one of the threads. What the connection was lent for is done for good, or not at all, when this returns.
    private func run<Value>(_ begin: String, _ body: (any SQLTransaction) throws -> Value) throws -> Value {
        let connection = try begun(begin)
        do {
            let value = try body(connection)
            // After an error that the body did not pass on, COMMIT rolls back.
            guard try connection.run("COMMIT") == "COMMIT" else { throw PostgreSQLError.transactionFailed }
            idle.withLock { $0.append(connection) }
            return value
        } catch {
            // A connection that cannot even roll back is dropped.
            if (try? connection.rollBack(after: error)) != nil { idle.withLock { $0.append(connection) } }
            throw error
        }
    }

    /// A connection in a new transaction. An idle one that the server has closed meanwhile is dropped for the next, at last for a new one.
    private func begun(_ begin: String) throws -> PostgreSQLConnection {
        while let connection = idle.withLock({ $0.popLast() }) {
            if (try? connection.run(begin)) != nil { return connection }
        }
        let connection = try PostgreSQLConnection(address)
        try connection.run(begin)
        return connection
    }
}
