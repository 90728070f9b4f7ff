import Credential
import Foundation
import KioskRuntime
import LifecycleAPI
import Synchronization
import Testing
import Verifier

@testable import OfflineStore

/// A service that a test takes away and gives back.
final class FlakyService: SignInService {
    enum Mood: Sendable { case answering, refusingConnections, silent, slow }

    struct Gone: Error {}

    private let state = Mutex((mood: Mood.answering, calls: 0))
    var mood: Mood {
        get { state.withLock { $0.mood } }
        set { state.withLock { $0.mood = newValue } }
    }
    var calls: Int { state.withLock { $0.calls } }

    func isReady() async -> Bool {
        if mood == .silent { try? await Task.sleep(for: .seconds(1)) }
        return mood == .answering || mood == .slow
    }

    private func answer<Answer>(_ answer: Answer) async throws -> Answer {
        state.withLock { $0.calls += 1 }
        switch mood {
        case .answering: return answer
        case .refusingConnections: throw Gone()
        case .silent: try await Task.sleep(for: .seconds(3600))
        case .slow: try await Task.sleep(for: .milliseconds(2500))
        }
        return answer
    }

    func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
        try await answer(.pinRequired(window: KioskTests.window, pinLength: 8))
    }

    func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        let grant = OfflineGrant(
            userID: "ada", userPrincipalName: "ada@example.test", expiry: KioskTests.now + 7200, changeNumber: 7)
        return try await answer(
            pin.matches(KeptBadge.pin) ? .signedIn(assertion: "the service's", offline: grant) : .refused(.wrongPIN))
    }

    func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer { try await answer(.refused(.weakPIN)) }
}

@Suite struct SwitchingTests {
    let kept: KeptBadge
    let flaky = FlakyService()

    init() throws { kept = try KeptBadge() }

    /// Runs `body` with a kiosk's switch between the service and `entries`; gives what was told of the service.
    private func switching(
        _ entries: OfflineStore, _ body: (SwitchingService) async throws -> Void
    ) async throws -> [Bool] {
        let changes = Mutex<[Bool]>([])
        let link = ServiceLink(probe: { await flaky.isReady() }) { isUp in changes.withLock { $0.append(isUp) } }
        let service = SwitchingService(
            online: flaky, entries: entries, link: link, isOutage: { $0 is FlakyService.Gone },
            assertion: { grant, _, _ in "the kiosk's of \(grant.userID)" }, note: { _ in }, now: { KeptBadge.moment() })
        let running = [Task { await service.run() }, Task { await link.run() }]
        try await body(service)
        for task in running {
            task.cancel()
            await task.value
        }
        return changes.withLock { $0 }
    }

    private func signIn(_ service: SwitchingService, _ pin: PIN = KeptBadge.pin) async throws -> (PINAnswer, isOffline: Bool) {
        let id = AttemptID.make(at: KioskTests.now)
        _ = try await service.start(id, kept.badge, at: KeptBadge.moment())
        let answer = try await service.check(id, pin)
        let isOffline = await service.isOffline(id)
        await service.ended(id)
        #expect(await !service.isOffline(id))
        return (answer, isOffline)
    }

    private static let offline = PINAnswer.signedIn(assertion: "the kiosk's of ada")

    @Test func `who signed in online signs in offline when the service is gone, and online again when it is back`() async throws {
        let entries = try await kept.opened()
        let told = try await switching(entries) { service in
            let first = try await signIn(service)
            #expect(!first.isOffline)
            for _ in 0..<1000 where entries.count != 1 { try await Task.sleep(for: .milliseconds(10)) }
            flaky.mood = .refusingConnections
            let second = try await signIn(service)
            #expect(second == (Self.offline, true))
            let calls = flaky.calls
            let third = try await signIn(service)
            #expect(third == (Self.offline, true) && flaky.calls == calls, "a service that is gone is not asked")
            flaky.mood = .answering
            for _ in 0..<1000 where try await signIn(service).isOffline { try await Task.sleep(for: .milliseconds(50)) }
            let last = try await signIn(service)
            #expect(!last.isOffline)
        }
        #expect(told == [false, true])
    }

    @Test(arguments: [FlakyService.Mood.refusingConnections, .silent])
    func `a sign-in in hand goes on offline when the service goes between badge and PIN`(mood: FlakyService.Mood) async throws {
        let entries = try await kept.kept()
        _ = try await switching(entries) { service in
            let id = AttemptID.make(at: KioskTests.now)
            _ = try await service.start(id, kept.badge, at: KeptBadge.moment())
            #expect(await !service.isOffline(id))
            flaky.mood = mood
            #expect(try await service.check(id, KeptBadge.pin) == Self.offline)
            #expect(await service.isOffline(id))
        }
    }

    @Test func `a service that is slow, but there, is waited for`() async throws {
        let entries = try await kept.kept()
        flaky.mood = .slow
        let told = try await switching(entries) { service in
            let answer = try await signIn(service)
            #expect(!answer.isOffline)
        }
        #expect(told.isEmpty)
    }

    @Test func `a badge that never signed in here is told of the outage`() async throws {
        let entries = try await kept.opened()
        flaky.mood = .refusingConnections
        _ = try await switching(entries) { service in
            await #expect(throws: FlakyService.Gone.self) { try await signIn(service) }
            await #expect(throws: FlakyService.Gone.self) { try await signIn(service) }
        }
        #expect(flaky.calls == 2, "it is asked each time: nothing else can help")
    }

    @Test func `a file of entries that breaks refuses nobody online, and signs nobody in offline`() async throws {
        let entries = try await kept.kept()
        let size = try Data(contentsOf: URL(filePath: kept.path)).count
        try Data(count: size).write(to: URL(filePath: kept.path), options: [])
        _ = try await switching(entries) { service in
            let online = try await signIn(service)
            guard case .signedIn = online.0 else { return _ = Issue.record("\(online.0)") }
            #expect(!online.isOffline)
            #expect(entries.count == nil, "people are not told that they can sign in offline")
            flaky.mood = .refusingConnections
            await #expect(throws: FlakyService.Gone.self) { try await signIn(service) }
        }
    }

    @Test func `a wrong PIN offline is refused, and the right one after it is not`() async throws {
        let entries = try await kept.kept()
        flaky.mood = .refusingConnections
        _ = try await switching(entries) { service in
            let wrong = try await signIn(service, KeptBadge.wrong)
            #expect(wrong == (.refused(.wrongPIN), true))
            let right = try await signIn(service)
            #expect(right == (Self.offline, true))
        }
    }

    @Test func `a kiosk without rules keeps nothing and signs nobody in offline`() async throws {
        let entries = try kept.open()
        _ = try await switching(entries) { service in
            let first = try await signIn(service)
            #expect(!first.isOffline)
            flaky.mood = .refusingConnections
            await #expect(throws: FlakyService.Gone.self) { try await signIn(service) }
        }
        #expect(entries.count == nil)
    }
}

@Suite struct ChangeFollowerTests {
    let kept: KeptBadge

    init() throws { kept = try KeptBadge() }

    private func hear(_ answer: ChangeAnswer, _ store: OfflineStore) async throws {
        let link = ServiceLink(probe: { true }, changed: { _ in })
        try await ChangeFollower(
            store, link: link, isOutage: { _ in false }, now: { KeptBadge.moment() }, note: { _ in }, ask: { _ in answer }
        ).step()
    }

    private func left(after change: ChangeFeed.Change) async throws -> Int? {
        let store = try await kept.kept()
        // The rules of ``KeptBadge``.
        let policy = OfflinePolicy(kioskGroup: "gates", entryLifetimeInHours: 2, changesMaxAgeInMinutes: 60)
        try await hear(.news(ChangeFeed(number: change.number, changes: [change], offlinePolicy: policy)), store)
        return store.count
    }

    @Test(arguments: ChangeKind.allCases.map(\.rawValue) + ["somethingNew"])
    func `each kind of change ends the entries that it touches`(kind: String) async throws {
        let harmless = ["codeCreated", "userEnabled", "kioskChanged"]
        let id = kept.badge.qrCodeID.description
        let mine = ChangeFeed.Change(number: 8, kind: kind, qrCodeId: id, userId: "ada", kioskId: nil)
        #expect(try await left(after: mine) == (harmless.contains(kind) ? 1 : 0))
        let others = ChangeFeed.Change(
            number: 8, kind: kind, qrCodeId: "2a253da5-3f9a-457d-bd9c-de1aab9a2e59", userId: "bob", kioskId: nil)
        #expect(try await left(after: others) == (["policyChanged", "kioskRevoked"].contains(kind) ? 0 : 1))
    }

    @Test func `a changed code that goes on is asked in its new window`() async throws {
        let store = try await kept.kept()
        let policy = OfflinePolicy(kioskGroup: "gates", entryLifetimeInHours: 2, changesMaxAgeInMinutes: 60)
        let change = ChangeFeed.Change(
            number: 8, kind: "codeChanged", qrCodeId: kept.badge.qrCodeID.description, userId: "ada", kioskId: nil,
            startDateTime: KioskTests.now - 60, expireDateTime: KioskTests.now + 60)
        try await hear(.news(ChangeFeed(number: 8, changes: [change], offlinePolicy: policy)), store)
        let window = try #require(ValidityWindow(start: KioskTests.now - 60, expiry: KioskTests.now + 60))
        #expect(
            try await store.verdict(on: kept.badge.qrCodeID, at: KeptBadge.moment()) == .pinRequired(window: window, pinLength: 8)
        )
    }

    @Test func `a kiosk that was away too long, or is not admitted, forgets all`() async throws {
        var store = try await kept.kept()
        try await hear(.startAgain, store)
        #expect(store.count == nil && store.changeNumber == nil)
        store = try await kept.kept()
        await #expect(throws: (any Error).self) { try await hear(.notAdmitted, store) }
        #expect(store.count == nil)
    }
}
