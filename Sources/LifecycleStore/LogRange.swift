public import FoundationEssentials

/// Which part of a log to list, by the time at which things happened.
public struct LogRange: Sendable {
    public enum Comparison: String, Sendable {
        case equal = "="
        case before = "<"
        case notAfter = "<="
        case after = ">"
        case notBefore = ">="
    }

    /// The entry behind which a page starts.
    public struct Place: Codable, Hashable, Sendable {
        public var occurred: Date
        public var id: String

        public init(occurred: Date, id: String) {
            self.occurred = occurred
            self.id = id
        }
    }

    public var occurred: [(Comparison, Date)] = []
    public var isAscending: Bool
    public var after: Place?
    public var limit = 100

    public init(isAscending: Bool = false, after: Place? = nil) {
        self.isAscending = isAscending
        self.after = after
    }
}

/// The end of a SELECT from a log, put together from conditions.
struct SQLConditions {
    private var conditions: [String] = []
    private(set) var values: [SQLValue] = []

    mutating func add(_ condition: String, _ bound: any SQLConvertible...) {
        conditions.append(condition)
        values += bound.map(\.sqlValue)
    }

    /// In any case of ASCII letters, at least: the database's `lower` decides about others.
    mutating func add(_ column: String, equals text: String) { add("lower(\(column)) = lower(?)", text) }

    mutating func add(_ column: String, startsWith prefix: String) {
        add("substr(lower(\(column)), 1, length(?)) = lower(?)", prefix, prefix)
    }

    /// One of them.
    mutating func add(_ column: String, in allowed: Set<String>) {
        conditions.append("\(column) IN (\(allowed.isEmpty ? "NULL" : allowed.map { _ in "?" }.joined(separator: ", ")))")
        values += allowed.map(\.sqlValue)
    }

    var filter: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }

    /// The rest of the statement, and the values for it, for a table with `occurred` and `id`.
    func ended(by range: LogRange) -> (sql: String, values: [SQLValue]) {
        var all = self
        for (comparison, date) in range.occurred { all.add("occurred \(comparison.rawValue) ?", date) }
        let (direction, comparison) = range.isAscending ? ("ASC", ">") : ("DESC", "<")
        if let place = range.after { all.add("(occurred, id) \(comparison) (?, ?)", place.occurred, place.id) }
        return (
            "\(all.filter) ORDER BY occurred \(direction), id \(direction) LIMIT ?", all.values + [range.limit.sqlValue]
        )
    }
}
