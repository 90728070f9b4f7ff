/// Comma-separated values (RFC 4180): a first line that names the columns, and records.
///
/// A byte order mark, line ends of any kind, quoted fields and semicolons for commas, as spreadsheets write them, are taken.
public struct CSVTable: Sendable {
    public struct Record: Hashable, Sendable {
        /// The line on which it starts, from 1.
        public let line: Int
        public let fields: [String]
    }

    /// In lower case.
    public let columns: [String]
    /// Empty lines are none. A record may have more or fewer fields than there are columns: that is for the reader to judge.
    public let records: [Record]

    /// Throws ``CSVError`` when a quotation mark is not closed.
    public init(_ csv: String) throws(CSVError) {
        var text = csv.unicodeScalars[...]
        if text.first == "\u{FEFF}" { text.removeFirst() }
        let heading = text.prefix { $0 != "\n" && $0 != "\r" }
        let separator: Unicode.Scalar = heading.contains(",") || !heading.contains(";") ? "," : ";"
        var records: [Record] = []
        var line = 1
        while !text.isEmpty {
            let start = line
            var fields: [String] = []
            var isEnded = false
            while !isEnded {
                fields.append(try Self.field(&text, separator, &line))
                isEnded = text.first != separator
                // The separator, or the end of the line.
                let end = text.popFirst()
                if end == "\r", text.first == "\n" { text.removeFirst() }
                if isEnded { line += 1 }
            }
            if fields != [""] { records.append(Record(line: start, fields: fields)) }
        }
        columns = records.first?.fields.map { $0.lowercased() } ?? []
        self.records = Array(records.dropFirst())
    }

    /// Where the column of this name is, in any case of letters.
    public func index(of column: String) -> Int? { columns.firstIndex(of: column.lowercased()) }

    /// A record as a line, its fields quoted where they must be.
    public static func line(_ fields: [String]) -> String {
        fields.map { field in
            // By scalars: a quotation mark with a combining mark behind it is no character of its own.
            guard field.isEmpty || field.unicodeScalars.contains(where: { "\",;\r\n".unicodeScalars.contains($0) }) else {
                return field
            }
            var text = String.UnicodeScalarView()
            for scalar in field.unicodeScalars { text.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
            return "\"\(String(text))\""
        }.joined(separator: ",") + "\r\n"
    }

    private static func field(
        _ text: inout Substring.UnicodeScalarView, _ separator: Unicode.Scalar, _ line: inout Int
    ) throws(CSVError) -> String {
        func isEnd(_ scalar: Unicode.Scalar?) -> Bool { scalar == nil || scalar == separator || scalar == "\n" || scalar == "\r" }
        var field = String.UnicodeScalarView()
        guard text.first == "\"" else {
            while let next = text.first, !isEnd(next) { field.append(text.removeFirst()) }
            return String(field)
        }
        let start = line
        text.removeFirst()
        while true {
            guard let next = text.popFirst() else { throw CSVError(line: start) }
            if next == "\"" {
                guard text.first == "\"" else { break }
                text.removeFirst()
            }
            if next == "\n" { line += 1 }
            field.append(next)
        }
        guard isEnd(text.first) else { throw CSVError(line: line) }
        return String(field)
    }
}

/// A quotation mark that is not closed. What stands on the line is not repeated, because it may hold a badge key.
public struct CSVError: Error, Hashable, CustomStringConvertible {
    public let line: Int

    public var description: String {
        "line \(line): a quotation mark is not closed: close it, or write \"\" for one in a quoted field."
    }
}
