import Foundation
import GRDB
import Synchronization
import Testing

@testable import LifecycleStore
@testable import LifecycleStorePostgreSQL

/// The seam itself: what a statement takes, a transaction keeps, and an error undoes.
@Suite struct DatabaseTests {
    @Test(
        .enabled(
            if: PostgreSQLServer.isInstalled, "install postgresql-15: without it, these suites run on memory and SQLite alone"))
    func `PostgreSQL is among the databases`() { #expect(Backend.here.contains(.postgreSQL)) }

    private static func table(_ backend: Backend) async throws -> any SQLDatabase {
        let database = try await backend.database()
        let bytes = database.dialect.bytes
        try await database.write { try $0.execute("CREATE TABLE t (n BIGINT UNIQUE, s TEXT, b \(bytes))") }
        return database
    }

    @Test(arguments: Backend.here) func `values come back as they were given`(_ backend: Backend) async throws {
        let database = try await Self.table(backend)
        let rows: [[SQLValue]] = [
            [.integer(.min), .text(""), .bytes([])], [.integer(-1), .text("Ü 'quoted' \"?\" €"), .bytes(Array(0...255))],
            [.integer(0), .null, .null], [.integer(.max), .text(String(repeating: "long", count: 5000)), .null],
        ]
        let changes = try await database.write { transaction in
            try rows.map { try transaction.execute("INSERT INTO t (n, s, b) VALUES (?, ?, ?)", $0) }
        }
        #expect(changes == [1, 1, 1, 1])
        let found = try await database.read { try $0.rows("SELECT n, s, b FROM t WHERE s <> '?' OR s IS NULL ORDER BY n", []) }
        let values = try found.map { row -> [SQLValue] in
            let (number, text, bytes): (Int?, String?, [UInt8]?) = (try row("n"), try row("s"), try row("b"))
            return [number.sqlValue, text.sqlValue, bytes.sqlValue]
        }
        #expect(values == rows)
        let counted = try await database.read { try $0.row("SELECT count(*) AS number, max(n) AS most FROM t") }
        let (number, most): (Int?, Int?) = (try counted?("number"), try counted?("most"))
        #expect(number == 4 && most == Int.max)
    }

    /// 2 is FULL (https://sqlite.org/pragma.html#pragma_synchronous). That it is enough, `Tests/Packages/run` shows with power cuts.
    @Test func `what SQLite has committed is on the disk`() async throws {
        let database = try SQLiteDatabase(path: TemporaryFile().path)
        let setting: Int? = try await database.write { try $0.row("PRAGMA synchronous")?("synchronous") }
        #expect(setting == 2)
    }

    @Test(arguments: Backend.here) func `a transaction that throws leaves nothing behind`(_ backend: Backend) async throws {
        let database = try await Self.table(backend)
        let error = await #expect(throws: StoreError.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t (n) VALUES (1)")
                throw StoreError.exists("x")
            }
        }
        #expect(error == .exists("x"))
        #expect(try await database.read { try $0.rows("SELECT n FROM t") }.isEmpty)
    }

    @Test(arguments: Backend.here)
    func `of writers side by side, each that throws undoes its own changes alone`(_ backend: Backend) async throws {
        let database = try await Self.table(backend)
        let results = await sideBySide(60) { number in
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t (n) VALUES (?)", number)
                if !number.isMultiple(of: 2) { throw StoreError.activeExists }
            }
        }
        #expect(results.successes(othersThrew: .activeExists) == 30)
        let kept: [Int] = try await database.read { try $0.rows("SELECT n FROM t ORDER BY n").map { try $0("n") } }
        #expect(kept == Array(stride(from: 0, to: 60, by: 2)))
    }

    @Test(arguments: Backend.here)
    func `what is read in a transaction is not changed by another one before it writes`(_ backend: Backend) async throws {
        let database = try await Self.table(backend)
        try await database.write { try $0.execute("INSERT INTO t (n, s) VALUES (1, '0')") }
        let results = await sideBySide(40) { _ in
            try await database.write { transaction in
                let text: String = try transaction.row("SELECT s FROM t WHERE n = ?", 1)?("s") ?? ""
                try transaction.execute("UPDATE t SET s = ? WHERE n = ?", String((Int(text) ?? 0) + 1), 1)
            }
        }
        let successes = results.successesOfMany(backend)
        #expect(successes >= 12)
        let text: String? = try await database.read { try $0.row("SELECT s FROM t") }?("s")
        #expect(text == "\(successes)")
    }

    @Test(arguments: Backend.lasting) func `a second opener reads what was written`(_ backend: Backend) async throws {
        let place = try await backend.place()
        let store = try await SQLStore(place.open())
        try await store.add(User(userPrincipalName: "ada@example.test", displayName: "Ada"))
        #expect(try await SQLStore(place.open()).user("ada@example.test") != nil)
    }
}

/// What only one of the databases does.
@Suite struct SQLiteTests {
    private final class Commits: TransactionObserver, Sendable {
        let count = Atomic(0)

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { count.add(1, ordering: .relaxed) }
        func databaseDidRollback(_ db: Database) {}
    }

    @Test func `writers that wait for another one share one commit`() async throws {
        let database = try SQLiteDatabase(path: TemporaryFile().path)
        try await database.write { try $0.execute("CREATE TABLE t (n BIGINT)") }
        let commits = Commits()
        database.connection.add(transactionObserver: commits, extent: Database.TransactionObservationExtent.databaseLifetime)
        // Nobody gets on before all are there.
        let gate = DispatchSemaphore(value: 0)
        database.connection.asyncWriteWithoutTransaction { _ in gate.wait() }
        let begun = Atomic(0)
        async let results = sideBySide(100) { number in
            begun.add(1, ordering: .relaxed)
            return try await database.write { try $0.execute("INSERT INTO t (n) VALUES (?)", number) }
        }
        while begun.load(ordering: .relaxed) < 100 { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(200))
        gate.signal()
        #expect(await results.count == 100)
        #expect(try await database.read { try $0.rows("SELECT n FROM t") }.count == 100)
        #expect(commits.count.load(ordering: .relaxed) < 10)
    }
}

@Suite(.enabled(if: PostgreSQLServer.isInstalled, "install postgresql-15")) struct PostgreSQLTests {
    @Test func `while the server is away calls fail with the cure, and work again after its return`() async throws {
        let server = try PostgreSQLServer()
        let store = try await SQLStore(server.database())
        try await store.add(User(userPrincipalName: "ada@example.test", displayName: "Ada"))
        try server.control("stop")
        for _ in 1...2 {
            let error = await #expect(throws: StoreError.self) { try await store.policy() }
            guard case .unavailable(let reason) = error else { throw try #require(error) }
            #expect(reason.contains("Check that the server runs"))
        }
        try server.control("start")
        #expect(try await store.user("ada@example.test") != nil)
    }

    @Test func `idle connections that a restart closed are not noticed`() async throws {
        let server = try PostgreSQLServer()
        let store = try await SQLStore(server.database())
        _ = await sideBySide(20) { _ in try await store.policy() }
        try server.control("stop")
        try server.control("start")
        for _ in 1...10 { _ = try await store.policy() }
    }

    @Test func `an error that a transaction keeps for itself still undoes it`() async throws {
        let database = try await Backend.postgreSQL.database()
        try await database.write { try $0.execute("CREATE TABLE t (n BIGINT PRIMARY KEY)") }
        await #expect(throws: StoreError.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t (n) VALUES (1)")
                _ = try? transaction.execute("INSERT INTO t (n) VALUES (1)")
            }
        }
        #expect(try await database.read { try $0.rows("SELECT n FROM t") }.isEmpty)
    }

    @Test func `a table that another process changed is read in its new form`() async throws {
        let place = try await Backend.postgreSQL.place()
        let (one, other) = (try place.open(), try place.open())
        try await one.write { transaction in
            try transaction.execute("CREATE TABLE t (n BIGINT)")
            try transaction.execute("INSERT INTO t (n) VALUES (1)")
        }
        #expect(try await one.read { try $0.row("SELECT * FROM t") } != nil)
        try await other.write { try $0.execute("ALTER TABLE t ADD COLUMN s TEXT") }
        let row = try #require(try await one.read { try $0.row("SELECT * FROM t") })
        let text: String? = try row("s")
        #expect(text == nil)
    }

    @Test func `more statements than a connection keeps go through`() async throws {
        let database = try await Backend.postgreSQL.database()
        for number in 0..<450 {
            let row = try await database.read { try $0.row("SELECT CAST(? AS BIGINT) + \(number) AS sum", 1) }
            let sum: Int? = try row?("sum")
            #expect(sum == number + 1)
        }
    }

    @Test(arguments: [
        ("SELECT 1", "SELECT 1"), ("a = ? AND b IN (?, ?)", "a = $1 AND b IN ($2, $3)"),
        ("a = '?' AND \"?\" = ? OR c = 'it''s ?' || ?", "a = '?' AND \"?\" = $1 OR c = 'it''s ?' || $2"),
        ("a = '\"?' AND b = ?", "a = '\"?' AND b = $1"),
    ])
    func `placeholders are numbered outside of quotes`(sql: String, numbered: String) {
        #expect(numberingPlaceholders(sql) == numbered)
    }
}

@Suite struct PostgreSQLAddressTests {
    @Test(arguments: [
        "postgresql://qrpin:hunter2@db/lifecycle", "host=db password=hunter2", "postgresql://db/lifecycle?password=hunter2",
        "postgresq://qrpin:hunter2@db", "postgresql://qrpin:hunter2@db:port:port/x?y=hunter2",
    ])
    func `a password on the command line is refused, and never shown`(address: String) {
        let error = #expect(throws: PostgreSQLAddressError.self) { try PostgreSQLAddress(commandLine: address) }
        #expect(error.map { "\($0)" }?.contains("hunter2") == false)
    }

    @Test func `a file's address may have a password, and prints as redacted`() throws {
        let file = TemporaryFile()
        try Data("postgresql://qrpin:hunter2@db/lifecycle?sslmode=verify-full\n".utf8).write(to: URL(filePath: file.path))
        let address = try PostgreSQLAddress(file: file.path)
        var dumped = ""
        dump(address, to: &dumped)
        #expect("\(address) \(String(reflecting: address)) \(dumped)".contains("hunter2") == false)
    }

    @Test func `a file that is not there is named`() {
        let error = #expect(throws: PostgreSQLAddressError.self) { try PostgreSQLAddress(file: "/nowhere/address") }
        #expect(error?.description.hasPrefix("/nowhere/address cannot be read") == true)
    }
}
