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
    /// Columns may stand in any order and further ones are passed over. A byte order mark, line ends of any kind, quoted fields and
    /// semicolons for commas, as spreadsheets write them, are taken. Throws ``BadgeListError``.
    public init(csv: String) throws(BadgeListError) {
        var records = try Self.records(csv)[...]
        guard let header = records.popFirst() else { throw BadgeListError(line: 1, problem: .empty) }
        let columns = header.fields.map { $0.lowercased() }
        guard let name = columns.firstIndex(of: "name") else { throw BadgeListError(line: 1, problem: .column("name")) }
        guard let payload = columns.firstIndex(of: "payload") else { throw BadgeListError(line: 1, problem: .column("payload")) }
        let note = columns.firstIndex(of: "note")
        entries = try records.map { record throws(BadgeListError) in
            guard record.fields.count == columns.count else {
                throw BadgeListError(line: record.line, problem: .fields(record.fields.count, of: columns.count))
            }
            return Entry(
                name: record.fields[name], payload: record.fields[payload], note: note.map { record.fields[$0] } ?? "")
        }
        if entries.isEmpty { throw BadgeListError(line: 1, problem: .empty) }
    }

    /// The records with the line on which each starts; empty lines are none.
    private static func records(_ csv: String) throws(BadgeListError) -> [(line: Int, fields: [String])] {
        var text = csv.unicodeScalars[...]
        if text.first == "\u{FEFF}" { text.removeFirst() }
        let heading = text.prefix { $0 != "\n" && $0 != "\r" }
        let separator: Unicode.Scalar = heading.contains(",") || !heading.contains(";") ? "," : ";"
        var records: [(line: Int, fields: [String])] = []
        var line = 1
        while !text.isEmpty {
            let start = line
            var fields: [String] = []
            var isEnded = false
            while !isEnded {
                fields.append(try field(&text, separator, &line))
                isEnded = text.first != separator
                // The separator, or the end of the line.
                let end = text.popFirst()
                if end == "\r", text.first == "\n" { text.removeFirst() }
                if isEnded { line += 1 }
            }
            if fields != [""] { records.append((start, fields)) }
        }
        return records
    }

    private static func field(
        _ text: inout Substring.UnicodeScalarView, _ separator: Unicode.Scalar, _ line: inout Int
    ) throws(BadgeListError) -> String {
        func isEnd(_ scalar: Unicode.Scalar?) -> Bool { scalar == nil || scalar == separator || scalar == "\n" || scalar == "\r" }
        var field = String.UnicodeScalarView()
        guard text.first == "\"" else {
            while let next = text.first, !isEnd(next) { field.append(text.removeFirst()) }
            return String(field)
        }
        let start = line
        text.removeFirst()
        while true {
            guard let next = text.popFirst() else { throw BadgeListError(line: start, problem: .quote) }
            if next == "\"" {
                guard text.first == "\"" else { break }
                text.removeFirst()
            }
            if next == "\n" { line += 1 }
            field.append(next)
        }
        guard isEnd(text.first) else { throw BadgeListError(line: line, problem: .quote) }
        return String(field)
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
