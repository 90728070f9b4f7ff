import Credential
import Crypto
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import NIOPosix
import Synchronization
import Testing

@testable import LifecycleService

@Suite struct PINHasherTests {
    private static func hasher(_ peppers: [ServiceKeys.Pepper], places: Int = 4) -> PINHasher {
        PINHasher(peppers: peppers, threads: .singleton, places: places)
    }

    private static func pepper() -> ServiceKeys.Pepper { ServiceKeys.Pepper(key: SymmetricKey(size: .bits256)) }

    @Test func `a hash of a replaced pepper verifies, is outdated, and is of no use without it`() async throws {
        let (old, new, pin) = (Self.pepper(), Self.pepper(), try PIN(digits: "35387687"))
        let hash = try await Self.hasher([old]).hash(pin)
        let both = Self.hasher([new, old])
        #expect(try await both.verify(pin, against: hash) && both.isOutdated(hash))
        #expect(try await !both.verify(PIN(digits: "35387688"), against: hash))
        #expect(try await !both.isOutdated(both.hash(pin)))
        await #expect(throws: PINHashError.self) { try await Self.hasher([new]).verify(pin, against: hash) }
    }

    /// By Python: `argon2id_hash_encoded(3, 8192, 1, hmac(pepper, b"35387687", sha256), …)` of libargon2 through ctypes, with the salt
    /// `b"0123456789abcdef"` and the pepper `bytes(range(32))`; the id is base64url of the first 12 bytes of
    /// `hmac(pepper, b"qrpin pepper id v1", sha256)`.
    private static let olderHash =
        "lbMAY27aAOwvb-bs$argon2id$v=19$m=8192,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
        + "1Stv3PjRLJqc5xJ3+FI+6MgGnZjZVzJkKGy6fzob6nE"

    @Test func `a hash of other parameters verifies and is outdated`() async throws {
        let hasher = Self.hasher([ServiceKeys.Pepper(key: SymmetricKey(data: (0..<32).map { UInt8($0) }))])
        #expect(hasher.isOutdated(Self.olderHash))
        #expect(try await hasher.verify(PIN(digits: "35387687"), against: Self.olderHash))
        #expect(try await !hasher.verify(PIN(digits: "35387688"), against: Self.olderHash))
    }

    @Test func `a fingerprint is of the PIN, the code and the pepper`() throws {
        let (hasher, other, pin) = (Self.hasher([Self.pepper()]), Self.hasher([Self.pepper()]), try PIN(digits: "35387687"))
        let print = hasher.fingerprint(pin, codeID: "a")
        #expect(print.count == Lockout.fingerprintLength && print == hasher.fingerprint(pin, codeID: "a"))
        #expect(try print != hasher.fingerprint(PIN(digits: "35387688"), codeID: "a"))
        #expect(print != hasher.fingerprint(pin, codeID: "b") && print != other.fingerprint(pin, codeID: "a"))
    }

    @Test func `beyond its places the queue refuses with 429 and a time to come back`() async throws {
        let hasher = Self.hasher([Self.pepper()], places: 1)
        try await hasher.withPlace {
            let refusal = await #expect(throws: GraphError.self) { try await hasher.withPlace {} }
            #expect(refusal?.status == .tooManyRequests && refusal?.headers[.retryAfter] != nil)
        }
        try await hasher.withPlace {}
    }

    @Test func `a PIN's hash is made anew when it signs in and the pepper was replaced`() async throws {
        let site = try await Site()
        @Sendable func hash() async throws -> String {
            let user = try #require(await site.store.user("ada@example.test"))
            return try #require(await site.store.method(ofUser: user.id)?.pin).hash
        }
        let badge = Mutex<BadgePayload?>(nil)
        try await site.run { call in
            let ready = try await SignInTests.ready(call)
            badge.withLock { $0 = ready }
        }
        let before = try await hash()
        let id = try ServiceKeys.rotate(.pepper, inDirectory: site.directory + "/state", keepingOldUntil: site.clock.now)
        try await site.run(site.restarted()) { call in
            let badge = try #require(badge.withLock { $0 })
            #expect(try await call.signIn(badge, "35387688") == .wrongPIN)
            #expect(try await hash() == before)
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
            let after = try await hash()
            #expect(after.hasPrefix(id + "$argon2id$"))
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
            #expect(try await hash() == after)
        }
    }
}
