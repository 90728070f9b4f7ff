import Credential
import Foundation
import KioskRuntime
import LifecycleAPI
import SignInReporting
import Synchronization
import Testing
import Verifier

/// A service that accepts one badge and the PIN 35387687.
struct OneBadgeService: SignInService {
    var isReachable = true

    func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
        guard isReachable else { throw LifecycleClientError.unreadable }
        return .pinRequired(window: KioskTests.window, pinLength: 8)
    }

    func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        pin.withDigits { $0 == "35387687" } ? .signedIn(assertion: "token") : .refused(.wrongPIN)
    }

    func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer { .signedIn(assertion: "token") }
}

/// What a kiosk did, in order.
final class Diary: Sendable {
    enum Entry: Hashable { case shown(Display), recorded(Outcome), handedOver(String), ended, refusedToRecord, noted }

    private let state = Mutex<(entries: [Entry], isDiskFull: Bool)>(([], false))
    var entries: [Entry] { state.withLock { $0.entries } }

    func add(_ entry: Entry) { state.withLock { $0.entries.append(entry) } }
    func setDiskFull(_ isFull: Bool) { state.withLock { $0.isDiskFull = isFull } }

    struct DiskFull: Error {}

    var effects: KioskEffects {
        KioskEffects(
            record: { attempt in
                if self.state.withLock({ $0.isDiskFull }) {
                    self.add(.refusedToRecord)
                    throw DiskFull()
                }
                self.add(.recorded(attempt.outcome))
            }, show: { self.add(.shown($0)) }, handOver: { self.add(.handedOver($1)) },
            endSession: { _ in self.add(.ended) }, note: { _ in self.add(.noted) })
    }

    /// Waits for an entry; false when it did not come in two minutes.
    func contains(_ entry: Entry) async -> Bool {
        for _ in 0..<12_000 {
            if entries.contains(entry) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}

@Suite struct KioskTests {
    static let now = Date(timeIntervalSince1970: 1_795_521_600)
    static let window = ValidityWindow(start: now - 3600, expiry: now + 3600)!  // The start lies before the expiry.
    static let badge = "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"

    /// Runs a kiosk while `body` plays the person.
    private func atKiosk(
        _ service: OneBadgeService = OneBadgeService(), diary: Diary = Diary(), session: Duration? = nil,
        _ body: (Kiosk, Diary) async throws -> Void
    ) async rethrows {
        let start = ContinuousClock.now
        var timeouts = Self.patient
        timeouts.session = session
        let kiosk = Kiosk(verifier: Verifier(timeouts: timeouts), service: service, effects: diary.effects) {
            Moment(wall: Self.now, uptime: ContinuousClock.now - start)
        }
        let running = Task { await kiosk.run() }
        try await body(kiosk, diary)
        running.cancel()
        await running.value
    }

    /// Nobody here is slow but the machine.
    private static let patient = {
        var timeouts = Verifier.Timeouts()
        let long = Duration.seconds(600)
        (timeouts.key, timeouts.pin, timeouts.attempt, timeouts.service) = (long, long, long, long)
        return timeouts
    }()

    private func type(_ text: String, at kiosk: Kiosk) {
        for digit in text.utf8 { kiosk.pressed(.digit(digit - 48)) }
        kiosk.pressed(.enter)
    }

    @Test func `a kiosk that shall end does so at once when nobody is there, and else when the attempt is over`() async {
        let diary = Diary()
        let kiosk = Kiosk(verifier: Verifier(timeouts: Self.patient), service: OneBadgeService(), effects: diary.effects) {
            Moment(wall: Self.now, uptime: ContinuousClock.now - Self.started)
        }
        kiosk.read(Self.badge)
        async let running: Void = kiosk.run()
        #expect(await diary.contains(.shown(.pin(.current, typed: 0, length: 8, problem: nil))))
        await kiosk.endWhenIdle()
        for key in [Key.cancel] { kiosk.pressed(key) }
        await running
        #expect(diary.entries.contains(.recorded(.cancelled)) && !diary.entries.contains(.recorded(.interrupted)))

        let idle = Kiosk(service: OneBadgeService(), effects: Diary().effects) {
            Moment(wall: Self.now, uptime: ContinuousClock.now - Self.started)
        }
        await idle.endWhenIdle()
        await idle.run()
    }

    static let started = ContinuousClock.now

    @Test func `a badge and its PIN sign in; the event is kept before the light turns green`() async throws {
        await atKiosk { kiosk, diary in
            kiosk.read(Self.badge)
            #expect(await diary.contains(.shown(.pin(.current, typed: 0, length: 8))))
            type("35387687", at: kiosk)
            #expect(await diary.contains(.handedOver("token")))
            let green = Diary.Entry.shown(.outcome(.signedIn, name: "ada@example.test"))
            let kept = diary.entries.firstIndex(of: .recorded(.signedIn)) ?? .max
            #expect(kept < diary.entries.firstIndex(of: green) ?? -1)
        }
    }

    @Test func `a service that cannot be asked is told as that and kept`() async throws {
        await atKiosk(OneBadgeService(isReachable: false)) { kiosk, diary in
            kiosk.read(Self.badge)
            #expect(await diary.contains(.shown(.outcome(.serviceUnavailable, name: "ada@example.test"))))
            #expect(diary.entries.contains(.recorded(.serviceUnavailable)) && diary.entries.contains(.noted))
        }
    }

    @Test func `with a full disk nobody is signed in, and the event is kept as soon as there is room`() async throws {
        await atKiosk { kiosk, diary in
            kiosk.read(Self.badge)
            #expect(await diary.contains(.shown(.pin(.current, typed: 0, length: 8))))
            diary.setDiskFull(true)
            type("35387687", at: kiosk)
            #expect(await diary.contains(.shown(.outcome(.serviceUnavailable, name: nil))))
            #expect(!diary.entries.contains(.shown(.outcome(.signedIn, name: "ada@example.test"))))
            #expect(!diary.entries.contains(.handedOver("token")))
            diary.setDiskFull(false)
            #expect(await diary.contains(.recorded(.signedIn)))
        }
    }

    @Test func `a kiosk that stops ends the session, keeps that, and tells the application`() async throws {
        let diary = Diary()
        await atKiosk(diary: diary, session: .seconds(3600)) { kiosk, diary in
            kiosk.read(Self.badge)
            #expect(await diary.contains(.shown(.pin(.current, typed: 0, length: 8))))
            type("35387687", at: kiosk)
            #expect(await diary.contains(.handedOver("token")))
        }
        let ending: [Diary.Entry] = [
            .recorded(.sessionInterrupted), .shown(.outcome(.sessionInterrupted, name: "ada@example.test")), .ended,
        ]
        #expect(diary.entries.suffix(3) == ending)
    }

    @Test func `with a full disk a session ends, and the application is told although nothing can be kept`() async throws {
        await atKiosk(session: .seconds(3600)) { kiosk, diary in
            kiosk.read(Self.badge)
            #expect(await diary.contains(.shown(.pin(.current, typed: 0, length: 8))))
            type("35387687", at: kiosk)
            #expect(await diary.contains(.handedOver("token")))
            diary.setDiskFull(true)
            kiosk.tell(.signOut)
            #expect(await diary.contains(.ended))
            #expect(!diary.entries.contains(.recorded(.signedOut)))
            diary.setDiskFull(false)
            #expect(await diary.contains(.recorded(.signedOut)))
        }
    }

    @Test(arguments: Outcome.allCases)
    func `every outcome is a result of the service by the same name and has its sentence`(outcome: Outcome) {
        #expect(ResultCode(outcome).rawValue == outcome.rawValue)
        #expect(ResultCode(outcome).isSessionEnd == outcome.isSessionEnd)
        #expect(Display.outcome(outcome, name: nil).sentence(at: [.camera]) == ResultCode(outcome).workerSentence)
    }

    @Test func `what is wrong with a PIN, a lock and what is unplugged are said in words`() {
        #expect(
            Display.pin(.new, typed: 0, length: 8, problem: .sequence).sentence(at: [.camera])
                == "A run of digits like 12345678 is too easy to guess. Choose a new PIN of at least 8 digits, then press Enter: "
        )
        #expect(
            Display.outcome(.lockedOut, name: nil, retryAfter: 30).sentence(at: [.camera])
                == "Too many wrong PINs. Try again in 30 s.")
        #expect(
            Display.outcome(.lockedOut, name: nil, retryAfter: 121).sentence(at: [.camera])
                == "Too many wrong PINs. Try again in 3 minutes.")
        #expect(
            Display.outOfOrder(missing: [.keypad]).sentence(at: [.camera])
                == "Out of order: the keypad is not connected. Ask your supervisor.")
    }

    @Test func `typed digits are shown as dots`() {
        #expect(Display.pin(.current, typed: 3, length: 8).sentence(at: [.camera]) == "Type your PIN, then press Enter: ●●●")
    }
}
