import Foundation
import Testing

@testable import LifecycleStore

@Suite struct SessionTests {
    static let now = Date(timeIntervalSince1970: 1_795_521_600)
    static let (link, token) = (Array(repeating: UInt8(1), count: 32), Array(repeating: UInt8(2), count: 32))

    static func store(_ backend: Backend) async throws -> SQLStore {
        let store = try await backend.store()
        try await store.put(Client(id: "admin", publicKey: Array(repeating: 7, count: 32), roles: ["A", "B"]))
        try await store.addSessionLink(link, forClient: "admin", until: now + 60, at: now)
        return store
    }

    @Test(arguments: Backend.here) func `a link opens one session, however many browsers try it side by side`(backend: Backend)
        async throws
    {
        let store = try await Self.store(backend)
        let opened = await sideBySide(8) { number in
            try await store.openSession([UInt8(number)], byLink: Self.link, until: Self.now + 100, at: Self.now)
        }
        #expect(try opened.map { try $0.get() }.filter { $0 }.count == 1)
        var sessions = 0
        for number in 0..<8 where try await store.session([UInt8(number)], at: Self.now) != nil { sessions += 1 }
        #expect(sessions == 1)
    }

    @Test(arguments: Backend.here) func `links and sessions are there until they expire, and not at that moment`(backend: Backend)
        async throws
    {
        let store = try await Self.store(backend)
        #expect(try await store.client(ofSessionLink: Self.link, at: Self.now + 59)?.id == "admin")
        #expect(try await store.client(ofSessionLink: Self.link, at: Self.now + 60) == nil)
        #expect(try await !store.openSession(Self.token, byLink: Self.link, until: Self.now + 100, at: Self.now + 60))
        #expect(try await store.openSession(Self.token, byLink: Self.link, until: Self.now + 100, at: Self.now + 59))
        #expect(try await store.session(Self.token, at: Self.now + 99)?.client.roles == ["A", "B"])
        #expect(try await store.session(Self.token, at: Self.now + 100) == nil)
    }

    @Test(arguments: Backend.here) func `a session knows when it was last used, has its client's newest roles, and ends`(
        backend: Backend
    ) async throws {
        let store = try await Self.store(backend)
        _ = try await store.openSession(Self.token, byLink: Self.link, until: Self.now + 100, at: Self.now)
        try await store.markSessionUsed(Self.token, at: Self.now + 50)
        try await store.put(Client(id: "admin", publicKey: Array(repeating: 7, count: 32), roles: []))
        let session = try #require(try await store.session(Self.token, at: Self.now + 50))
        #expect(session.lastUsed == Self.now + 50 && session.client.roles.isEmpty)
        try await store.endSession(Self.token)
        #expect(try await store.session(Self.token, at: Self.now + 50) == nil)
    }
}
