import LifecycleStore
import Testing

@Suite struct DirectoryTests {
    private static func user(_ name: String) -> User { User(userPrincipalName: name, displayName: "Someone") }

    @Test(arguments: Backend.here) func `a name is taken in any case`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let ada = Self.user("Ada@example.test")
        try await store.add(ada)
        await #expect(throws: StoreError.exists("ADA@example.test")) { try await store.add(Self.user("ADA@example.test")) }
        let bo = Self.user("bo@example.test")
        try await store.add(bo)
        await #expect(throws: StoreError.exists("ada@EXAMPLE.test")) {
            try await store.update(User(id: bo.id, userPrincipalName: "ada@EXAMPLE.test", displayName: "Bo"))
        }
        let renamed = User(id: ada.id, userPrincipalName: "ADA@example.test", displayName: "Ada", isEnabled: false)
        try await store.update(renamed)
        #expect(try await store.user(ada.id) == renamed)
        #expect(try await store.user("ada@example.TEST") == renamed)
        #expect(try await store.user(bo.id.uppercased()) == bo)
    }

    @Test(arguments: Backend.here) func `of many who take a name at once one has it`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let results = await sideBySide(12) { _ in try await store.add(Self.user("ada@example.test")) }
        #expect(results.successes(othersThrew: .exists("ada@example.test")) == 1)
        #expect(try await store.users(UserQuery(limit: 10)).count == 1)
    }

    @Test(arguments: Backend.here) func `pages of people have each once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let names = ["a.b", "A-b", "ab", "a_c", "Zoë", "zoe", "émile", "o'neil"].map { $0 + "@example.test" }
        for name in names { try await store.add(Self.user(name)) }
        var seen: [String] = []
        while let page = try await Optional(store.users(UserQuery(after: seen.last, limit: 3))), !page.isEmpty {
            seen += page.map(\.userPrincipalName)
        }
        #expect(seen.count == names.count && Set(seen) == Set(names))
    }

    @Test(arguments: Backend.here) func `a client is replaced by the next of its id`(_ backend: Backend) async throws {
        let store = try await backend.store()
        #expect(try await store.client("kiosk-1") == nil)
        for roles in [["Kiosk.SignIn"], [], ["A", "B"]] {
            let client = Client(id: "kiosk-1", publicKey: Array(repeating: UInt8(roles.count), count: 32), roles: roles)
            try await store.put(client)
            #expect(try await store.client("kiosk-1") == client)
        }
    }

    @Test(arguments: Backend.here) func `changes of the policy side by side are all kept`(_ backend: Backend) async throws {
        let store = try await backend.store()
        #expect(try await store.policy() == .initial)
        let results = await sideBySide(25) { number in
            _ = try await store.changePolicy { $0.excluded.append(.user("\(number)")) }
        }
        let successes = results.successesOfMany(backend)
        #expect(successes >= 12)
        let excluded = try await store.policy().excluded
        #expect(excluded.count == successes && Set(excluded).isSubset(of: (0..<25).map { .user("\($0)") }))
    }
}
