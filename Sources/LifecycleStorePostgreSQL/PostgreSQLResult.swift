import CPostgreSQL
import LifecycleStore

/// What the server answered, freed at its end.
@safe struct PostgreSQLResult: ~Copyable {
    private let handle: OpaquePointer

    /// Takes over the result.
    init(_ handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    deinit { unsafe PQclear(handle) }

    var isSuccess: Bool { unsafe [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(handle)) }

    /// Nil when the error is not the server's but of the connection to it.
    var error: PostgreSQLError? {
        guard let state = unsafe cpostgresql_sqlstate(handle), let message = unsafe cpostgresql_message(handle)
        else { return nil }
        return unsafe PostgreSQLError(sqlState: String(cString: state), message: String(cString: message))
    }

    /// Such as `COMMIT` (manual §55.7, CommandComplete).
    var tag: String { unsafe String(cString: PQcmdStatus(handle)) }

    /// The number of rows that the statement changed.
    var changes: Int { unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// Of a described statement.
    var parameterTypes: [Oid] { unsafe (0..<PQnparams(handle)).map { unsafe PQparamtype(handle, $0) } }

    /// Throws `StoreError.damaged(_:)` for a column of a type that the store does not have.
    func rows() throws -> [SQLRow] {
        let columns = unsafe (0..<PQnfields(handle)).map { unsafe String(cString: PQfname(handle, $0)) }
        return try unsafe (0..<PQntuples(handle)).map { row in
            SQLRow(
                columns: columns,
                values: try columns.indices.map { column in
                    guard let value = value(row, Int32(column)) else { throw StoreError.damaged(columns[column]) }
                    return value
                })
        }
    }

    private func value(_ row: Int32, _ column: Int32) -> SQLValue? {
        if unsafe PQgetisnull(handle, row, column) == 1 { return .null }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
        return unsafe SQLValue(bytes, type: PQftype(handle, column))
    }
}
