public import FoundationEssentials

/// A database that runs transactions of SQL: the seam beneath ``SQLStore``.
///
/// The statements are written once, in what SQLite and PostgreSQL have in common, with `?` for each value.
public protocol SQLDatabase: Sendable {
    var dialect: SQLDialect { get }

    /// Sees one committed state.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws -> Value
    /// Serializable; durable when it returns, or not done at all when it throws.
    ///
    /// `body` may run more than once, when another process was in its way: it must touch nothing but its transaction.
    @discardableResult func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws
        -> Value
}

/// The words in which the databases differ.
public struct SQLDialect: Sendable {
    /// The type of a column of bytes.
    public let bytes: String

    public static let sqlite = SQLDialect(bytes: "BLOB")
    public static let postgreSQL = SQLDialect(bytes: "BYTEA")
}

/// One transaction. Ends with the closure that it was given to.
public protocol SQLTransaction {
    /// The rows that a statement gives, in order.
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]
    /// The number of rows that a statement changed.
    @discardableResult func execute(_ sql: String, _ values: [SQLValue]) throws -> Int
}

extension SQLTransaction {
    func rows(_ sql: String, _ values: (any SQLConvertible)?...) throws -> [SQLRow] {
        try rows(sql, values.map { $0?.sqlValue ?? .null })
    }

    func row(_ sql: String, _ values: (any SQLConvertible)?...) throws -> SQLRow? {
        try rows(sql, values.map { $0?.sqlValue ?? .null }).first
    }

    @discardableResult func execute(_ sql: String, _ values: (any SQLConvertible)?...) throws -> Int {
        try execute(sql, values.map { $0?.sqlValue ?? .null })
    }
}

/// What a column holds. There are no others: flags are 0 or 1, moments are milliseconds since 1970.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// A row of an answer: `try row("name")` is the column of that name, as the type that is wanted.
public struct SQLRow: Sendable {
    private let columns: [String]
    private let values: [SQLValue]

    public init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// Throws ``StoreError/damaged(_:)`` when there is no such column or it holds something else.
    func callAsFunction<Value: SQLConvertible>(_ column: String) throws -> Value {
        guard let index = columns.firstIndex(of: column), let value = Value(sql: values[index]) else {
            throw StoreError.damaged(column)
        }
        return value
    }
}

/// A type that a column can hold.
public protocol SQLConvertible {
    init?(sql: SQLValue)
    var sqlValue: SQLValue { get }
}

extension String: SQLConvertible {
    public init?(sql: SQLValue) {
        guard case .text(let text) = sql else { return nil }
        self = text
    }

    public var sqlValue: SQLValue { .text(self) }
}

extension Int: SQLConvertible {
    public init?(sql: SQLValue) {
        guard case .integer(let number) = sql else { return nil }
        self = Int(number)
    }

    public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Bool: SQLConvertible {
    public init?(sql: SQLValue) {
        guard case .integer(let number) = sql else { return nil }
        self = number != 0
    }

    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Date: SQLConvertible {
    public init?(sql: SQLValue) {
        guard case .integer(let milliseconds) = sql else { return nil }
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    public var sqlValue: SQLValue { .integer(Int64((timeIntervalSince1970 * 1000).rounded())) }
}

extension [UInt8]: SQLConvertible {
    public init?(sql: SQLValue) {
        guard case .bytes(let bytes) = sql else { return nil }
        self = bytes
    }

    public var sqlValue: SQLValue { .bytes(self) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    public init?(sql: SQLValue) {
        if sql == .null {
            self = .none
        } else {
            guard let value = Wrapped(sql: sql) else { return nil }
            self = .some(value)
        }
    }

    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
