import Foundation
import LifecycleStore
import Testing

@Suite struct MethodTests {
    /// 2026-11-24T12:00:00Z.
    static let now = Date(timeIntervalSince1970: 1_795_521_600)
    static let day: TimeInterval = 86_400

    static func code(_ kind: Code.Kind = .standard, days: Double = 30, key: UInt8 = 1) -> Code {
        Code(
            id: UUID().uuidString.lowercased(), kind: kind, publicKey: Array(repeating: key, count: 32), created: now, start: now,
            expire: now.addingTimeInterval(days * day))
    }

    static func pin(_ hash: String = "$argon2id$…") -> StoredPIN {
        StoredPIN(hash: hash, length: 8, mustChange: true, created: now, updated: now)
    }

    static func method(of user: User, _ code: Code = code()) -> QRCodePINMethod {
        QRCodePINMethod(
            id: UUID().uuidString.lowercased(), userID: user.id, created: now, standardCode: code, pin: pin())
    }

    static func site(_ backend: Backend) async throws -> (SQLStore, User) {
        let store = try await backend.store()
        let user = User(userPrincipalName: "ada@example.test", displayName: "Ada")
        try await store.add(user)
        return (store, user)
    }

    @Test(arguments: Backend.here) func `a method comes back as it was made`(_ backend: Backend) async throws {
        let (store, user) = try await Self.site(backend)
        #expect(try await store.method(ofUser: user.id) == nil)
        let method = Self.method(of: user)
        try await store.create(method, at: Self.now)
        #expect(try await store.method(ofUser: user.id) == method)
        let code = try #require(method.standardCode)
        let found = try #require(try await store.code(code.id))
        #expect(found.code == code && found.userID == user.id)
    }

    @Test(arguments: Backend.here)
    func `of methods made at once one is kept, with one active code`(_ backend: Backend) async throws {
        let (store, user) = try await Self.site(backend)
        let results = await sideBySide(12) { number in
            try await store.create(Self.method(of: user, Self.code(key: UInt8(number))), at: Self.now)
        }
        #expect(results.successes(othersThrew: .activeExists) == 1)
        #expect(try await store.method(ofUser: user.id)?.standardCode != nil)
    }

    @Test(arguments: Backend.here, [Code.Kind.standard, .temporary])
    func `of codes of a kind made at once one is kept`(_ backend: Backend, kind: Code.Kind) async throws {
        let (store, user) = try await Self.site(backend)
        let method = Self.method(of: user)
        try await store.create(method, at: Self.now)
        _ = try await store.deleteCode(.standard, ofUser: user.id, at: Self.now)
        let codes = (0..<12).map { Self.code(kind, key: UInt8($0)) }
        let results = await sideBySide(codes.count) { try await store.create(codes[$0], forUser: user.id, at: Self.now) }
        #expect(results.successes(othersThrew: .activeExists) == 1)
        var found: [Code] = []
        for code in codes { if let kept = try await store.code(code.id) { found.append(kept.code) } }
        #expect(found.count == 1)
        #expect(try await store.method(ofUser: user.id)?.code(kind) == found.first)
    }

    @Test(arguments: Backend.here) func `an expired code gives way to a new one, from its last moment on`(_ backend: Backend)
        async throws
    {
        let (store, user) = try await Self.site(backend)
        let first = Self.code()
        try await store.create(Self.method(of: user, first), at: Self.now)
        let next = Self.code(days: 60)
        await #expect(throws: StoreError.activeExists) {
            try await store.create(next, forUser: user.id, at: first.expire.addingTimeInterval(-0.001))
        }
        try await store.create(next, forUser: user.id, at: first.expire)
        #expect(try await store.code(first.id) == nil)
        #expect(try await store.code(next.id)?.code == next)
        let method = Self.method(of: user, Self.code(days: 90))
        await #expect(throws: StoreError.activeExists) { try await store.create(method, at: first.expire) }
        try await store.create(method, at: next.expire)
        #expect(try await store.method(ofUser: user.id) == method)
    }

    @Test(arguments: Backend.here) func `deleting ends a code, a PIN or all, once`(_ backend: Backend) async throws {
        let (store, user) = try await Self.site(backend)
        let method = Self.method(of: user)
        try await store.create(method, at: Self.now)
        let temporary = Self.code(.temporary, days: 0.5)
        try await store.create(temporary, forUser: user.id, at: Self.now)
        #expect(try await store.deleteCode(.temporary, ofUser: user.id, at: Self.now))
        #expect(try await !store.deleteCode(.temporary, ofUser: user.id, at: Self.now))
        #expect(try await store.code(temporary.id) == nil)
        #expect(try await store.deletePIN(ofUser: user.id))
        #expect(try await !store.deletePIN(ofUser: user.id))
        #expect(try await store.method(ofUser: user.id)?.pin == nil)
        try await store.setPIN(Self.pin("new"), ofUser: user.id)
        #expect(try await store.deleteMethod(ofUser: user.id, at: Self.now))
        #expect(try await !store.deleteMethod(ofUser: user.id, at: Self.now))
        #expect(try await store.method(ofUser: user.id) == nil)
        #expect(try await store.code(#require(method.standardCode).id) == nil)
        try await store.create(Self.method(of: user), at: Self.now)
        #expect(try await store.method(ofUser: user.id)?.pin?.hash == "$argon2id$…", "the PIN of the deleted method is gone")
    }

    @Test(arguments: Backend.here) func `the expiry of a code in force can change, a revoked one's not`(_ backend: Backend)
        async throws
    {
        let (store, user) = try await Self.site(backend)
        var code = Self.code()
        try await store.create(Self.method(of: user, code), at: Self.now)
        code.expire += Self.day
        try await store.setExpiry(ofCode: code.id, to: code.expire)
        #expect(try await store.code(code.id)?.code == code)
        _ = try await store.deleteCode(.standard, ofUser: user.id, at: Self.now)
        try await store.setExpiry(ofCode: code.id, to: code.expire + Self.day)
        #expect(try await store.code(code.id) == nil)
    }
}
