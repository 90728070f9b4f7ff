import Testing

@testable import LifecycleStore

@Suite struct MigrationTests {
    @Test(arguments: Backend.here)
    func `a database that a newer program made is refused, and left as it is`(_ backend: Backend) async throws {
        let database = try await backend.database()
        _ = try await SQLStore(database)
        _ = try await SQLStore(database)
        try await database.write { try $0.execute("INSERT INTO schema_version (version) VALUES (1000)") }
        await #expect(throws: StoreError.tooNew) { try await SQLStore(database) }
        #expect(try await database.read { try $0.rows("SELECT id FROM users") }.isEmpty)
    }

    @Test(arguments: Backend.here) func `the next form is made of the first, once, and keeps what is there`(_ backend: Backend)
        async throws
    {
        let database = try await backend.database()
        let first = Array(Schema.steps(database.dialect).prefix(1))
        try await Schema.migrate(database, through: first)
        let user = User(userPrincipalName: "ada@example.test", displayName: "Ada")
        try await database.write { transaction in
            try transaction.execute(
                "INSERT INTO users (id, upn, upn_key, display_name, enabled) VALUES (?, ?, ?, ?, 1)", user.id,
                user.userPrincipalName, user.userPrincipalName, user.displayName)
        }
        let later = [["ALTER TABLE users ADD COLUMN badge_color TEXT", "UPDATE users SET badge_color = 'blue'"]]
        let store = try await SQLStore(database)
        let steps = Schema.steps(database.dialect) + later
        for _ in 1...2 { try await Schema.migrate(database, through: steps) }
        #expect(try await store.user(user.id) == user)
        let color: String? = try await database.read { try $0.row("SELECT badge_color FROM users") }?("badge_color")
        #expect(color == "blue")
        await #expect(throws: StoreError.tooNew) { try await SQLStore(database) }
    }

    @Test(arguments: Backend.here) func `a step that fails is undone as a whole`(_ backend: Backend) async throws {
        let database = try await backend.database()
        let broken = Schema.steps(database.dialect) + [["CREATE TABLE extra (n BIGINT)", "DROP TABLE nothing"]]
        await #expect(throws: (any Error).self) { try await Schema.migrate(database, through: broken) }
        let store = try await SQLStore(database)
        #expect(try await store.policy() == .initial)
        await #expect(throws: (any Error).self) { try await database.read { try $0.rows("SELECT n FROM extra") } }
    }

    @Test(arguments: Backend.lasting) func `processes that start at once make the tables once`(_ backend: Backend) async throws {
        let place = try await backend.place()
        let stores = await sideBySide(8) { _ in try await SQLStore(place.open()) }
        for store in stores { #expect(try await store.get().policy() == .initial) }
        let versions: [Int] = try await place.open().read {
            try $0.rows("SELECT version FROM schema_version").map { try $0("version") }
        }
        #expect(versions == Array(1...versions.count))
    }
}
