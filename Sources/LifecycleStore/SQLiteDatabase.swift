import FoundationEssentials
import GRDB

/// The database of one service process: one SQLite file in WAL mode with `synchronous=FULL`, or memory alone.
public struct SQLiteDatabase: SQLDatabase {
    public let dialect = SQLDialect.sqlite
    let connection: any DatabaseWriter
    private let writers: GroupCommit

    /// Opens or makes the file.
    public init(path: String) throws {
        let pool = try DatabasePool(path: path, configuration: Self.configuration)
        // GRDB's pool has turned this to NORMAL for its writer by now, with which a power cut takes what was acknowledged.
        try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        self.init(pool)
    }

    /// In memory: gone with the process. For tests and trials.
    public init() throws { self.init(try DatabaseQueue(configuration: Self.configuration)) }

    private init(_ connection: any DatabaseWriter) {
        self.connection = connection
        writers = GroupCommit(connection)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws -> Value {
        try await connection.read { try body(SQLiteTransaction(db: $0)) }
    }

    @discardableResult public func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws -> Value
    {
        try await writers.write { try body(SQLiteTransaction(db: $0)) }
    }
}

private struct SQLiteTransaction: SQLTransaction {
    let db: Database

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        let statement = try db.cachedStatement(sql: sql)
        let columns = statement.columnNames
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values.map(\.database)))
        var rows: [SQLRow] = []
        while let row = try cursor.next() {
            rows.append(SQLRow(columns: columns, values: row.databaseValues.map(SQLValue.init)))
        }
        return rows
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values.map(\.database)))
        return db.changesCount
    }
}

extension SQLValue {
    fileprivate var database: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .integer(Int64(number))
            case .string(let text): .text(text)
            case .blob(let data): .bytes([UInt8](data))
            }
    }
}
