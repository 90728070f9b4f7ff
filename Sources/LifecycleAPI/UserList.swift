import CommaSeparatedValues

/// People to add or change, from comma-separated values.
public struct UserList: Sendable {
    public struct Entry: Hashable, Sendable {
        public let line: Int
        public let userPrincipalName: String
        public let displayName: String
        /// Ids or names of groups to be in; from others nobody is taken out.
        public let groups: [String]
        /// Nil leaves it as it is; someone new is enabled.
        public let accountEnabled: Bool?
    }

    public let entries: [Entry]

    /// Reads a first line that names the columns, `userPrincipalName` and `displayName` and at will `groups` (several with semicolons
    /// between them) and `accountEnabled` (`true` or `false`), and a person from each further line.
    ///
    /// Columns may stand in any order and further ones are passed over. `problem` says what is wrong with a userPrincipalName, if
    /// anything is. Throws ``UserListError`` with every line that cannot be taken.
    public init(csv: String, problem: (String) -> String?) throws(UserListError) {
        let table = try CSVTable(people: csv)
        guard let name = table.index(of: "userPrincipalName") else { throw UserListError(column: "userPrincipalName") }
        guard let displayName = table.index(of: "displayName") else { throw UserListError(column: "displayName") }
        let (groups, enabled) = (table.index(of: "groups"), table.index(of: "accountEnabled"))
        var (problems, entries): ([LineProblem], [Entry]) = ([], [])
        var lines: [String: Int] = [:]
        for record in table.records {
            func refuse(_ message: String) { problems.append(LineProblem(line: record.line, message: message)) }
            guard record.fields.count == table.columns.count else {
                refuse("\(record.fields.count) fields where the first line has \(table.columns.count).")
                continue
            }
            let upn = record.fields[name]
            if let problem = problem(upn) { refuse(problem) }
            if record.fields[displayName].isEmpty { refuse("displayName is empty: write the name that people read.") }
            if let first = lines.updateValue(record.line, forKey: upn.lowercased()) {
                refuse("\(upn) stands on line \(first) already: take one of them out.")
            }
            let flag = enabled.map { record.fields[$0].lowercased() } ?? ""
            if !["", "true", "false"].contains(flag) { refuse("accountEnabled is \(flag): write true or false, or nothing.") }
            let names = groups.map { record.fields[$0].split(separator: ";").map(Self.trimmed).filter { !$0.isEmpty } } ?? []
            entries.append(
                Entry(
                    line: record.line, userPrincipalName: upn, displayName: record.fields[displayName], groups: names,
                    accountEnabled: Bool(flag)))
        }
        if !problems.isEmpty { throw UserListError(problems) }
        self.entries = entries
    }

    /// The userPrincipalNames of a list in which other columns do not matter. Throws ``UserListError``.
    public static func names(csv: String) throws(UserListError) -> [String] {
        let table = try CSVTable(people: csv)
        guard let name = table.index(of: "userPrincipalName") else { throw UserListError(column: "userPrincipalName") }
        let problems = table.records.filter { $0.fields.count <= name }.map {
            LineProblem(line: $0.line, message: "\($0.fields.count) fields where the first line has \(table.columns.count).")
        }
        if !problems.isEmpty { throw UserListError(problems) }
        return table.records.map { $0.fields[name] }
    }

    private static func trimmed(_ text: Substring) -> String {
        let rest = text.drop { $0 == " " }
        return rest.lastIndex { $0 != " " }.map { String(rest[...$0]) } ?? ""
    }
}

extension CSVTable {
    fileprivate init(people csv: String) throws(UserListError) {
        do {
            try self.init(csv)
        } catch {
            throw UserListError([
                LineProblem(
                    line: error.line,
                    message: "a quotation mark is not closed: close it, or write \"\" for one in a quoted field.")
            ])
        }
        if records.isEmpty {
            throw UserListError([
                LineProblem(
                    line: 1,
                    message: "the list has nobody: name the columns, userPrincipalName,displayName, then a line for each person.")
            ])
        }
    }
}

/// What is wrong with a line of a list, and the cure.
public struct LineProblem: Codable, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    public var message: String

    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }

    public var description: String { "line \(line): \(message)" }
}

/// A list of which nothing was taken, and why.
public struct UserListError: Error, Hashable, CustomStringConvertible {
    public let problems: [LineProblem]

    public init(_ problems: [LineProblem]) { self.problems = problems }

    init(column: String) {
        self.init([LineProblem(line: 1, message: "there is no column \(column): the first line names the columns.")])
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// The answer to `POST /admin/v1/users/import`: what became of the people of the list.
public struct UserImport: Codable, Hashable, Sendable {
    public var total = 0
    public var created = 0
    /// Renamed, enabled, disabled, or put into a group.
    public var updated = 0
    public var unchanged = 0
    public var groupsCreated = 0

    public init() {}
}
