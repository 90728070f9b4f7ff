import CArgon2
import Credential
import Foundation
import Testing
import Verifier

@testable import OfflineStore

/// A store with cheap hashes, rules, and everything heard up to change 7 at ``KioskTests/now``.
struct KeptBadge {
    static let cost = OfflineHash.Cost(kibibytes: 64, passes: 1)
    static let rules = OfflineRules(lifetime: 7200, changesMaxAge: 3600)
    static let pin = try! PIN(digits: "35387687")  // Eight digits.
    static let wrong = try! PIN(digits: "35387688")  // As above.

    let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID()).offline").path
    let badge: BadgePayload
    let entry: OfflineEntry

    init() throws {
        guard case .badge(let badge) = BadgeReading.parse(KioskTests.badge) else { throw CancellationError() }
        self.badge = badge
        entry = OfflineEntry(
            qrCodeID: badge.qrCodeID,
            grant: OfflineGrant(
                userID: "ada", userPrincipalName: "ada@example.test", expiry: KioskTests.now + 7200, changeNumber: 7),
            window: KioskTests.window, pinLength: 8)
    }

    static func moment(_ seconds: TimeInterval = 0) -> Moment {
        Moment(wall: KioskTests.now + seconds, uptime: .seconds(seconds))
    }

    /// The same file each time.
    func open(_ pepper: DevicePepper? = nil) throws -> OfflineStore {
        try OfflineStore(path: path, pepper: pepper, cost: Self.cost)
    }

    func opened() async throws -> OfflineStore {
        let store = try open()
        try await store.take(OfflineUpdate(changeNumber: 7, rules: Self.rules, changes: []), at: Self.moment())
        return store
    }

    func kept() async throws -> OfflineStore {
        let store = try await opened()
        try await store.keep(entry, Self.pin, store.secret(of: badge), at: Self.moment())
        return store
    }
}

@Suite struct OfflineStoreTests {
    let kept: KeptBadge

    init() throws { kept = try KeptBadge() }

    private func check(
        _ store: OfflineStore, _ pin: PIN = KeptBadge.pin, at seconds: TimeInterval = 0
    ) async throws -> OfflineAnswer {
        try await store.check(pin, store.secret(of: kept.badge), of: kept.badge.qrCodeID, at: KeptBadge.moment(seconds))
    }

    /// RFC 9106 §5.3.
    @Test func `the hash is argon2id with a secret`() {
        var tag = [UInt8](repeating: 0, count: 32)
        let (password, salt) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 16))
        let (secret, data) = ([UInt8](repeating: 3, count: 8), [UInt8](repeating: 4, count: 12))
        let status = unsafe cargon2_keyed(password, 32, salt, 16, secret, 8, data, 12, 32, 3, 4, &tag)
        #expect(status == ARGON2_OK.rawValue)
        let expected: [UInt8] = [
            0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0,
            0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
        ]
        #expect(tag == expected)
    }

    @Test func `a kept PIN is right, also after a new start, and another one wrong`() async throws {
        _ = try await kept.kept()
        let store = try kept.open()
        #expect(store.count == 1 && store.changeNumber == 7)
        #expect(
            try await store.verdict(on: kept.badge.qrCodeID, at: KeptBadge.moment())
                == .pinRequired(window: KioskTests.window, pinLength: 8))
        #expect(try await check(store) == .right(kept.entry.grant))
        #expect(try await check(store, KeptBadge.wrong) == .refused(.wrongPIN))
    }

    @Test func `another badge's key, or another pepper, makes the right PIN useless`() async throws {
        let store = try await kept.kept()
        let other = try BadgePayload(
            userPrincipalName: kept.badge.userPrincipalName, qrCodeID: kept.badge.qrCodeID, key: .random())
        let answer = try await store.check(
            KeptBadge.pin, store.secret(of: other), of: kept.badge.qrCodeID, at: KeptBadge.moment())
        #expect(answer == .refused(.wrongPIN))
        let peppered = try kept.open(DevicePepper([UInt8](repeating: 9, count: 32)))
        #expect(peppered.count == 0)
        #expect(try await check(peppered) == .refused(.serviceUnavailable))
    }

    @Test func `ten wrong PINs end the entry for good, each counted on the disk before it is answered`() async throws {
        _ = try await kept.kept()
        var now: TimeInterval = 0
        for number in 1...10 {
            // Each at a kiosk that was just started.
            let answer = try await check(kept.open(), KeptBadge.wrong, at: now)
            let lock = GuessLock.seconds(afterGuess: number)
            if number < 10, let lock {
                #expect(answer == .refused(.lockedOut, lockedUntil: KioskTests.now + now + lock))
                #expect(try await check(kept.open(), at: now + lock - 1) == answer, "nothing is verified while it is locked")
            } else {
                #expect(answer == .refused(number < 10 ? .wrongPIN : .lockedOut))
            }
            now += lock ?? 0
        }
        let store = try kept.open()
        #expect(store.count == 0)
        #expect(try await check(store, at: now) == .refused(.serviceUnavailable))
        try await store.keep(kept.entry, KeptBadge.pin, store.secret(of: kept.badge), at: KeptBadge.moment(now))
        #expect(try await check(store, at: now) == .right(kept.entry.grant), "an online sign-in makes a new one")
    }

    @Test func `changes end entries, and where the kiosk stands is kept with them`() async throws {
        let store = try await kept.kept()
        let revoked = OfflineChange(number: 9, subject: .code(kept.badge.qrCodeID))
        try await store.take(
            OfflineUpdate(changeNumber: 9, rules: KeptBadge.rules, changes: [revoked]), at: KeptBadge.moment())
        #expect(store.count == 0 && store.changeNumber == 9)
        try await store.keep(kept.entry, KeptBadge.pin, store.secret(of: kept.badge), at: KeptBadge.moment())
        #expect(store.count == 0, "the grant is older than what was heard")
        #expect(try kept.open().changeNumber == 9)
    }

    @Test func `a kiosk that is not to any more forgets everything`() async throws {
        let store = try await kept.kept()
        try await store.take(OfflineUpdate(changeNumber: 8, rules: nil, changes: []), at: KeptBadge.moment())
        #expect(store.count == nil && store.changeNumber == 8)
        let other = try await kept.kept()
        try await other.forget()
        #expect(other.count == nil && other.changeNumber == nil)
        #expect(try await check(other) == .refused(.serviceUnavailable))
    }

    @Test func `neither the PIN nor the badge's key is in the file, and what was deleted is overwritten`() async throws {
        let store = try await kept.kept()
        let file = { try Data(contentsOf: URL(filePath: kept.path)) }
        let key = Data(0..<16)
        for secret in [Data("35387687".utf8), Data("AAECAwQFBgcICQoLDA0ODw".utf8), key] {
            #expect(try file().range(of: secret) == nil)
        }
        #expect(try file().range(of: Data("ada@example.test".utf8)) != nil)
        try await store.forget()
        #expect(try file().range(of: Data("ada@example.test".utf8)) == nil)
    }

    @Test func `what the service says online counts, too`() async throws {
        let store = try await kept.kept()
        let id = kept.badge.qrCodeID
        let lock = KioskTests.now + 60
        try await store.learn(StartVerdict.refused(.lockedOut, lockedUntil: lock), of: id)
        #expect(try await check(store) == .refused(.lockedOut, lockedUntil: lock))
        for _ in 1...4 { try await store.learn(.refused(.wrongPIN), of: id, at: KeptBadge.moment(60)) }
        #expect(try await check(store, KeptBadge.wrong, at: 60) == .refused(.lockedOut, lockedUntil: KioskTests.now + 90))
        try await store.learn(StartVerdict.refused(.badgeRefused), of: id)
        #expect(store.count == 0)
    }

    @Test func `a damaged file is made anew, and the kiosk starts`() async throws {
        _ = try await kept.kept()
        let whole = try Data(contentsOf: URL(filePath: kept.path))
        var renamed = whole
        renamed.replaceSubrange(try #require(whole.range(of: Data("userID TEXT".utf8))), with: Data("user_D TEXT".utf8))
        let noDatabase = Data("no database at all, but long enough to be looked at".utf8)
        for damaged in [noDatabase, whole.prefix(whole.count / 2), renamed] {
            try damaged.write(to: URL(filePath: kept.path))
            #expect(try kept.open().count == nil)
            #expect(try await kept.kept().count == 1)
        }
    }

    @Test func `a file that cannot be opened is an error that names it and the cure`() {
        let error = #expect(throws: OfflineStoreError.self) { try OfflineStore(path: "/no/such/directory/x", pepper: nil) }
        #expect(error?.description.hasPrefix("/no/such/directory/x cannot be opened: ") == true)
        #expect(error?.description.contains("Check its disk") == true)
    }
}
