import Testing

@testable import LifecycleStore

@Suite struct MigrationTests {
    @Test func `a database that a newer program made is refused, and left as it is`() async throws {
        let database = try SQLiteDatabase()
        _ = try await SQLStore(database)
        _ = try await SQLStore(database)
        try await database.write { try $0.execute("INSERT INTO schema_version (version) VALUES (1000)") }
        await #expect(throws: StoreError.tooNew) { try await SQLStore(database) }
    }
}
