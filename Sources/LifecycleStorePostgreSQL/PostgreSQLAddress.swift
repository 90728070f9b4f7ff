import CPostgreSQL
import FoundationEssentials

/// Where the server is: a connection URL or key-value string as libpq takes it (PostgreSQL manual §34.1.1). It prints as `redacted`.
public struct PostgreSQLAddress: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// From a command line, which everyone on the machine can read: throws when it has a password.
    public init(commandLine text: String) throws(PostgreSQLAddressError) {
        try self.init(text, from: "--postgresql", isPublic: true)
    }

    /// From a file, such as a systemd credential; a line break at its end is left out.
    public init(file path: String) throws(PostgreSQLAddressError) {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw PostgreSQLAddressError(source: path, problem: "cannot be read. Check its name and permissions.")
        }
        try self.init(String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()), from: path)
    }

    /// libpq's own words about what it cannot read would quote it, password and all.
    private init(_ text: String, from source: String, isPublic: Bool = false) throws(PostgreSQLAddressError) {
        guard !text.isEmpty, let options = unsafe PQconninfoParse(text, nil) else {
            throw PostgreSQLAddressError(
                source: source, problem: "is no PostgreSQL address. Write it as postgresql://user@host:5432/database.")
        }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if isPublic, unsafe String(cString: keyword) == "password", unsafe option.pointee.val != nil {
                throw PostgreSQLAddressError(
                    source: source, problem: "has a password, which everyone on this machine could read. Use --postgresql-file.")
            }
            unsafe option += 1
        }
        self.text = text
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

public struct PostgreSQLAddressError: Error, Hashable, CustomStringConvertible {
    let source: String
    let problem: String

    public var description: String { "\(source) \(problem)" }
}
