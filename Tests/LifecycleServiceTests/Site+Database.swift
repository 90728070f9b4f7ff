import Foundation
import LifecycleStore
import LifecycleStorePostgreSQL
import Synchronization

extension Site {
    /// The URL of a server on which the suite runs in place of SQLite: `Tests/PostgreSQL/run` sets it, and deploy/test runs both.
    static let postgreSQL = ProcessInfo.processInfo.environment["QRPIN_TEST_POSTGRESQL"]
    private static let server = Result { try postgreSQL.map { PostgreSQLDatabase(try PostgreSQLAddress(commandLine: $0)) } }

    /// An empty one.
    static func database(in directory: String) async throws -> any SQLDatabase {
        guard let postgreSQL, let server = try server.get() else {
            return try SQLiteDatabase(path: directory + "/lifecycle.sqlite")
        }
        let schema = "t" + UUID().uuidString.replacing("-", with: "").lowercased()
        try await server.write { _ = try $0.execute("CREATE SCHEMA \(schema)", []) }
        return PostgreSQLDatabase(try PostgreSQLAddress(commandLine: postgreSQL + "&options=-csearch_path%3D\(schema)"))
    }
}

/// All tests begin at once: so many have a site, the others wait. A server takes a bounded number of connections.
final class Places: Sendable {
    /// Is given back when it goes.
    final class Place: Sendable {
        private let places: Places
        fileprivate init(_ places: Places) { self.places = places }
        deinit { places.give() }
    }

    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = Mutex((count, [])) }

    func take() async -> Place {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free == 0 { state.waiting.append(continuation) } else { state.free -= 1 }
                return state.waiting.isEmpty
            }
            if isFree { continuation.resume() }
        }
        return Place(self)
    }

    private func give() {
        state.withLock { state in
            if state.waiting.isEmpty { state.free += 1 }
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }?.resume()
    }
}
