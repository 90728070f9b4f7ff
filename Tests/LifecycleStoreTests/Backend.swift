import Foundation
import LifecycleStorePostgreSQL
import Testing

@testable import LifecycleStore

/// The databases that must keep the same promises.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case memory = "memory", sqlite = "SQLite", postgreSQL = "PostgreSQL"

    /// Those that this machine has.
    static let here = allCases.filter { $0 != .postgreSQL || PostgreSQLServer.isInstalled }
    /// Those that keep what they have when they are opened again.
    static let lasting = here.filter { $0 != .memory }

    var testDescription: String { rawValue }

    /// An empty one.
    func database() async throws -> any SQLDatabase {
        switch self {
        case .memory: try SQLiteDatabase()
        case .sqlite, .postgreSQL: try await place().open()
        }
    }

    func store() async throws -> SQLStore { try await SQLStore(database()) }

    /// Where a new database is, so that it can be opened more than once.
    func place() async throws -> Place {
        guard self == .postgreSQL else { return .file(TemporaryFile()) }
        // A schema of its own is as good as a database, and is made sooner.
        let schema = "t" + UUID().uuidString.replacing("-", with: "").lowercased()
        let server = try PostgreSQLServer.shared.get()
        try await server.database().write { try $0.execute("CREATE SCHEMA \(schema)") }
        return .server(server, schema: schema)
    }

    enum Place {
        case file(TemporaryFile)
        case server(PostgreSQLServer, schema: String)

        func open() throws -> any SQLDatabase {
            switch self {
            case .file(let file): try SQLiteDatabase(path: file.path)
            case .server(let server, let schema): try server.database(schema: schema)
            }
        }
    }
}

/// A file in a directory that goes with the process: databases may have it open until then.
struct TemporaryFile {
    private static let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-store-\(getpid())").path
    private static let made: Void = {
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFile.directory) }
    }()

    let path: String

    init() {
        Self.made
        path = "\(Self.directory)/\(UUID()).sqlite"
    }
}

/// `Tests/PostgreSQL/run`, which ends with this process.
final class PostgreSQLServer: Sendable {
    static let isInstalled = FileManager.default.fileExists(atPath: "/usr/lib/postgresql")
    static let shared = Result { try PostgreSQLServer() }

    let url: String
    private let commands = Pipe()
    private let answers = Pipe()

    init() throws {
        let process = Process()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../PostgreSQL/run")
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
        url = Self.line(from: answers)
        try #require(url.hasPrefix("postgresql://"), "the PostgreSQL server for tests did not start")
    }

    func database(schema: String? = nil) throws -> PostgreSQLDatabase {
        let schema = schema.map { "&options=-csearch_path%3D\($0)" } ?? ""
        return PostgreSQLDatabase(try PostgreSQLAddress(commandLine: url + schema))
    }

    /// `stop` or `start`; returns when it is done.
    func control(_ command: String) throws {
        try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
        #expect(Self.line(from: answers) == command)
    }

    private static func line(from pipe: Pipe) -> String {
        var line = Data()
        while line.last != UInt8(ascii: "\n"), let more = try? pipe.fileHandleForReading.read(upToCount: 1), !more.isEmpty {
            line += more
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }
}

/// What `count` of the same call side by side answered or threw.
func sideBySide<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: Result<Value, any Error>.self) { group in
        for number in 0..<count {
            group.addTask {
                do { return .success(try await body(number)) } catch { return .failure(error) }
            }
        }
        return await group.reduce(into: []) { $0.append($1) }
    }
}

extension [Result<Void, any Error>] {
    /// How many succeeded; the others must have thrown this.
    func successes(othersThrew error: StoreError) -> Int {
        count { result in
            guard case .failure(let thrown) = result else { return true }
            if thrown as? StoreError != error { Issue.record("\(thrown) was thrown") }
            return false
        }
    }

    /// How many succeeded: at least a dozen; of more, PostgreSQL may refuse those who were in one another's way for too long.
    func successesOfMany(_ backend: Backend) -> Int {
        count { result in
            guard case .failure(let thrown) = result else { return true }
            if case .unavailable? = thrown as? StoreError, backend == .postgreSQL { return false }
            Issue.record("\(thrown) was thrown")
            return false
        }
    }
}
