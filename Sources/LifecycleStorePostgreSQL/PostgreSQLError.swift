import CPostgreSQL

/// What the server said of a statement: the message without its detail, which would quote values.
struct PostgreSQLError: Error, Hashable, CustomStringConvertible {
    /// The code of the manual's appendix A.
    let sqlState: String
    let message: String

    var description: String { "PostgreSQL: \(message) (\(sqlState))" }

    static let featureNotSupported = "0A000"
    /// in_failed_sql_transaction: a statement failed, and nobody was told.
    static let transactionFailed = PostgreSQLError(sqlState: "25P02", message: "a statement of the transaction failed")

    /// Nothing is wrong but the moment: another transaction was in the way, and the same one may succeed when it runs again.
    var isTransient: Bool {
        switch sqlState {
        // serialization_failure, deadlock_detected, lock_not_available.
        case "40001", "40P01", "55P03": true
        // unique_violation, duplicate_table, duplicate_object (its row type): another process has just inserted the row or made the table. The
        // next run sees it.
        case "23505", "42P07", "42710": true
        // "cached plan must not change result type", after another process changed a table.
        case Self.featureNotSupported: true
        case Self.transactionFailed.sqlState: true
        default: false
        }
    }

    /// The server cannot do it now: it shuts down, is full or a standby, or the statement took too long.
    var isServerTrouble: Bool {
        // Classes 08, 53 and 57; read_only_sql_transaction, idle_in_transaction_session_timeout.
        ["08", "53", "57"].contains(sqlState.prefix(2)) || ["25006", "25P03"].contains(sqlState)
    }
}
