import Foundation
import GRDB
import Testing

@testable import LifecycleStore

@Suite struct MigrationTests {
    @Test func `a database of the first form keeps its people, codes and PINs in the newest`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let old = try DatabaseQueue(path: path)
        try SQLiteSchema.migrator.migrate(old, upTo: "1")
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO user (id, upn, displayName) VALUES ('u', 'ada@example.test', 'Ada');
                    INSERT INTO method (userID, id, created) VALUES ('u', 'm', '2026-11-24 12:00:00.000');
                    INSERT INTO code (id, userID, kind, publicKey, created, start, expire) VALUES
                        ('c', 'u', 'standard', x'00', '2026-11-24 12:00:00.000', '2026-11-24 12:00:00.000', '2027-11-24 12:00:00.000');
                    INSERT INTO pin (userID, id, hash, mustChange, created, updated) VALUES
                        ('u', 'p', 'h', 1, '2026-11-24 12:00:00.000', '2026-11-24 12:00:00.000');
                    """)
        }
        try old.close()
        let store = try SQLiteStore(path: path)
        let user = try #require(await store.user("ada@example.test"))
        #expect(user.isEnabled && user.displayName == "Ada")
        let method = try #require(await store.method(ofUser: "u"))
        #expect(method.standardCode?.id == "c" && method.pin?.hash == "h" && method.pin?.length == 8)
        #expect(try await store.policy() == .initial)
    }
}
