import Foundation
import LifecycleStore
import LifecycleStorePostgreSQL

extension Site {
    /// The URL of a server on which the suite runs in place of SQLite: `Tests/PostgreSQL/run` sets it, and deploy/test runs both.
    static let postgreSQL = ProcessInfo.processInfo.environment["QRPIN_TEST_POSTGRESQL"]

    /// An empty one.
    static func database(in directory: String) async throws -> any SQLDatabase {
        guard let postgreSQL else { return try SQLiteDatabase(path: directory + "/lifecycle.sqlite") }
        let schema = "t" + UUID().uuidString.replacing("-", with: "").lowercased()
        try await PostgreSQLDatabase(PostgreSQLAddress(commandLine: postgreSQL)).write {
            _ = try $0.execute("CREATE SCHEMA \(schema)", [])
        }
        return PostgreSQLDatabase(try PostgreSQLAddress(commandLine: postgreSQL + "&options=-csearch_path%3D\(schema)"))
    }
}
