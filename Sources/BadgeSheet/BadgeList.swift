import CommaSeparatedValues

/// Badges to print, from comma-separated values (RFC 4180).
public struct BadgeList: Sendable {
    public struct Entry: Hashable, Sendable {
        /// What the person is called, in any script.
        public let name: String
        /// The badge's text. It holds the badge key.
        public let payload: String
        /// A second line, such as a department or a date; may be empty.
        public let note: String

        public init(name: String, payload: String, note: String = "") {
            self.name = name
            self.payload = payload
            self.note = note
        }
    }

    public let entries: [Entry]

    /// Reads a first line that names the columns, `name` and `payload` and at will `note`, and a badge from each further line.
    ///
    /// Columns may stand in any order and further ones are passed over. Throws ``BadgeListError``.
    public init(csv: String) throws(BadgeListError) {
        let table: CSVTable
        do { table = try CSVTable(csv) } catch { throw BadgeListError(line: error.line, problem: .quote) }
        if table.columns.isEmpty { throw BadgeListError(line: 1, problem: .empty) }
        guard let name = table.index(of: "name") else { throw BadgeListError(line: 1, problem: .column("name")) }
        guard let payload = table.index(of: "payload") else { throw BadgeListError(line: 1, problem: .column("payload")) }
        let note = table.index(of: "note")
        entries = try table.records.map { record throws(BadgeListError) in
            guard record.fields.count == table.columns.count else {
                throw BadgeListError(line: record.line, problem: .fields(record.fields.count, of: table.columns.count))
            }
            return Entry(
                name: record.fields[name], payload: record.fields[payload], note: note.map { record.fields[$0] } ?? "")
        }
        if entries.isEmpty { throw BadgeListError(line: 1, problem: .empty) }
    }
}

/// A line of a list that cannot be read. What stands on it is not repeated, because it may hold a badge key.
public struct BadgeListError: Error, Hashable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        case empty, quote
        case column(String)
        case fields(Int, of: Int)
    }

    public let line: Int
    public let problem: Problem

    public var description: String {
        switch problem {
        case .empty: "the list has no badge: write a first line \"name,payload,note\" and a line for each badge."
        case .quote: "line \(line): a quotation mark is not closed: close it, or write \"\" for one in a quoted field."
        case .column(let name): "line 1: there is no column \"\(name)\": the first line names the columns name, payload and note."
        case .fields(let found, let wanted): "line \(line): \(found) fields where the first line has \(wanted)."
        }
    }
}
