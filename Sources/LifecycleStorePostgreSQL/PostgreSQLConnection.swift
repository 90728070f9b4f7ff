import CPostgreSQL
import Glibc
import LifecycleStore

/// One connection. Blocks its caller.
///
/// `@unchecked Sendable`: ``PostgreSQLDatabase`` lends it to one thread at a time.
@safe final class PostgreSQLConnection: @unchecked Sendable {
    private struct Statement {
        let name: String
        let parameterTypes: [Oid]
    }

    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var lastName = 0
    /// Filters of the log make ever new statements: so many are kept, then all are made anew.
    private static let mostStatements = 200

    /// Throws `StoreError.unavailable(_:)`.
    init(_ address: PostgreSQLAddress) throws {
        // What stands before `dbname` is a default that the address may override. A dead server is noticed in about 25 s.
        let options: KeyValuePairs = [
            "connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
            "tcp_user_timeout": "15000", "application_name": "qrpin-lifecycle", "dbname": address.text, "client_encoding": "UTF8",
        ]
        guard let handle = unsafe Self.connect(options) else { throw StoreError.unavailable("PostgreSQL: out of memory.") }
        unsafe self.handle = unsafe handle
        guard unsafe PQstatus(handle) == CONNECTION_OK else { throw unreachable() }
        // Without sequential scans: one would lock the whole table against writers in serializable transactions (manual §13.2.3).
        try run(
            """
            SET client_min_messages = warning; SET statement_timeout = '10s'; SET lock_timeout = '5s';
            SET idle_in_transaction_session_timeout = '30s'; SET enable_seqscan = off;
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
            """)
    }

    deinit { unsafe PQfinish(handle) }

    private static func connect(_ options: KeyValuePairs<String, String>) -> OpaquePointer? {
        // libpq takes arrays of C strings with NULL behind the last, and copies them.
        let keywords = unsafe options.map { unsafe strdup($0.key) } + [nil]
        let values = unsafe options.map { unsafe strdup($0.value) } + [nil]
        defer { unsafe (keywords + values).forEach { unsafe free($0) } }
        return unsafe PQconnectdbParams(keywords.map { unsafe UnsafePointer($0) }, values.map { unsafe UnsafePointer($0) }, 1)
    }

    /// False after the server went away: the connection is of no use any more.
    var isAlive: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

    /// Statements without values or answer. Gives the tag of the last, such as `COMMIT` (manual §55.7, CommandComplete).
    @discardableResult func run(_ sql: String) throws -> String {
        try unsafe check(PQexec(handle, sql)).tag
    }

    func rollBack(after error: any Error) throws {
        try run("ROLLBACK")
        // Another process changed the tables of a prepared statement: all are made anew.
        if (error as? PostgreSQLError)?.sqlState == PostgreSQLError.featureNotSupported { try forgetStatements() }
    }

    private func forgetStatements() throws {
        statements = [:]
        try run("DEALLOCATE ALL")
    }
}

extension PostgreSQLConnection: SQLTransaction {
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] { try result(sql, values).rows() }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { try result(sql, values).changes }

    private func result(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        let statement = try prepared(sql)
        let parameters = try BinaryParameters(values, types: statement.parameterTypes)
        return try unsafe check(
            parameters.withPointers { pointers, lengths, formats in
                unsafe PQexecPrepared(handle, statement.name, Int32(values.count), pointers, lengths, formats, 1)
            })
    }

    private func prepared(_ sql: String) throws -> Statement {
        if let known = statements[sql] { return known }
        if statements.count >= Self.mostStatements { try forgetStatements() }
        lastName += 1
        let name = "s\(lastName)"
        _ = try unsafe check(PQprepare(handle, name, numberingPlaceholders(sql), 0, nil))
        let types = try unsafe check(PQdescribePrepared(handle, name)).parameterTypes
        let statement = Statement(name: name, parameterTypes: types)
        statements[sql] = statement
        return statement
    }

    /// Takes over a result; throws when it is an error.
    private func check(_ pointer: OpaquePointer?) throws -> PostgreSQLResult {
        guard let pointer = unsafe pointer else { throw unreachable() }
        let result = unsafe PostgreSQLResult(pointer)
        if result.isSuccess { return result }
        guard isAlive, let error = result.error else { throw unreachable() }
        throw error
    }

    /// libpq's words name host, database and user, never the password.
    private func unreachable() -> StoreError {
        let reason = unsafe String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: " ")
        return .unavailable("PostgreSQL: \(reason). Check that the server runs, and the address.")
    }
}
