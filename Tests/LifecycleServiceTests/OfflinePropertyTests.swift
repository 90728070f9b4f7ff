import Credential
import Foundation
import HTTPTypes
import KioskRuntime
import LifecycleAPI
import SignInReporting
import Synchronization
import Testing
import Verifier

@testable import OfflineStore

/// Numbers that are the same for a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The kiosk's own word and the service's on the same badge, PIN and moment, after the kiosk heard of every change.
///
/// The service runs all the time; the kiosk is told that it is gone.
@Suite struct OfflinePropertyTests {
    /// Histories of administrators, people, guesses and time; the numbers are the same for a seed.
    private struct History {
        static let pins = ["35387687", "56745755", "84201573"]

        let call: Caller
        let entries: OfflineStore
        let service: SwitchingService
        let isGone: Gone
        var random: SplitMix
        var badges: [(user: String, badge: BadgePayload, pin: String)] = []
        /// What both said to whom the kiosk signed in; the service's word alone counts otherwise.
        var accepted: [(kiosk: PINAnswer, service: ResultCode)] = []
        var refused = 0

        init(_ call: Caller, seed: UInt64) throws {
            self.call = call
            let clock = call.site.clock
            let now: @Sendable () -> Moment = {
                Moment(wall: clock.now, uptime: .seconds(clock.now.timeIntervalSince1970), isClockTrusted: true)
            }
            entries = try OfflineStore(
                path: call.site.directory + "/kiosk.offline", pepper: nil,
                cost: OfflineHash.Cost(kibibytes: 64, passes: 1))
            let gone = Gone()
            isGone = gone
            service = SwitchingService(
                online: WireService(call: call, gone: gone), entries: entries,
                link: ServiceLink(probe: { !gone.value }, changed: { _ in }), isOutage: { $0 is Outage },
                assertion: { _, _, _ in "the kiosk's" }, note: { _ in }, now: now)
            random = SplitMix(state: seed)
        }

        mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

        // MARK: People

        mutating func enrol(_ name: String) async throws {
            let user = "\(name)@example.test"
            _ = try await call.request(
                .post, "/beta/users", as: "admin", body: #"{"userPrincipalName": "\#(user)", "displayName": "\#(name)"}"#)
            let pin = Self.pins.randomElement(using: &random) ?? ""
            let reply = try await call.request(
                .put, "/beta/users/\(user)/authentication/qrCodePinMethod", as: "admin",
                body: #"{"standardQRCode": {}, "pin": {"code": "09599786"}}"#)
            let badge = try Caller.badge(#require(reply.decode(GraphMethod.self).standardQRCode?.image))
            let started = try await call.start(badge)
            _ = try await call.submit("09599786", to: started.id)
            _ = try await call.submit(newPIN: pin, to: started.id)
            badges.append((user, badge, pin))
        }

        /// Online, at this kiosk.
        mutating func signIn() async throws {
            guard let (_, badge, pin) = badges.randomElement(using: &random) else { return }
            isGone.value = false
            let id = AttemptID.make(at: call.site.clock.now)
            let typed = chance(4) ? Self.guess(&random) : pin
            guard case .pinRequired = try await service.start(id, badge, at: moment) else { return }
            let answer = try await service.check(id, PIN(digits: typed))
            // The kiosk hashes beside the sign-in.
            if case .signedIn(_, _?) = answer { try await settle(badge) }
            await service.ended(id)
        }

        private func settle(_ badge: BadgePayload) async throws {
            for _ in 0..<500 {
                if case .pinRequired = try await entries.verdict(on: badge.qrCodeID, at: moment) { return }
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        private static func guess(_ random: inout SplitMix) -> String {
            String(UInt64.random(in: 10_000_000...99_999_999, using: &random))
        }

        private var moment: Moment {
            let now = call.site.clock.now
            return Moment(wall: now, uptime: .seconds(now.timeIntervalSince1970))
        }

        // MARK: Administrators

        mutating func administer() async throws {
            guard let (user, _, _) = badges.randomElement(using: &random) else { return }
            let method = "/beta/users/\(user)/authentication/qrCodePinMethod"
            let soon = WireJSON.string(from: call.site.clock.now + 90_000)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: _ = try await call.request(.delete, method + "/standardQRCode", as: "admin")
            case 1:
                _ = try await call.request(
                    .patch, method + "/standardQRCode", as: "admin", body: #"{"expireDateTime": "\#(soon)"}"#)
            case 2: _ = try await call.request(.patch, method + "/pin", as: "admin", body: #"{"code": "09599786"}"#)
            case 3: _ = try await call.request(.patch, "/beta/users/\(user)", as: "admin", body: #"{"accountEnabled": false}"#)
            case 4: _ = try await call.request(.patch, "/beta/users/\(user)", as: "admin", body: #"{"accountEnabled": true}"#)
            case 5: _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"pinLength": 9}"#)
            case 6: _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"pinLength": 8}"#)
            case 7:
                _ = try await call.request(
                    .patch, PolicyTests.path, as: "admin",
                    body: #"{"excludeTargets": [{"targetType": "user", "id": "\#(user)"}]}"#)
            default: _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"excludeTargets": []}"#)
            }
        }

        /// The kiosk hears of all changes.
        func listen() async throws {
            while true {
                let since = entries.changeNumber.map { "?since=\($0)" } ?? ""
                let feed = try await ChangeFeedTests.changes(call, since)
                try await entries.take(OfflineUpdate(feed), at: moment)
                if feed.changes.isEmpty { return }
            }
        }

        // MARK: Both

        /// The same badge and PIN, first to the kiosk that believes the service to be gone, then to the service.
        mutating func compare() async throws {
            guard let (_, badge, pin) = badges.randomElement(using: &random) else { return }
            try await listen()
            isGone.value = true
            defer { isGone.value = false }
            let typed = chance(3) ? Self.guess(&random) : pin
            let id = AttemptID.make(at: call.site.clock.now)
            var answer = PINAnswer.refused(.serviceUnavailable)
            if case .pinRequired? = try? await service.start(id, badge, at: moment) {
                #expect(await service.isOffline(id))
                answer = try await service.check(id, PIN(digits: typed))
            }
            await service.ended(id)
            let online = try await call.signIn(badge, typed)
            if case .signedIn = answer { accepted.append((answer, online)) } else { refused += 1 }
        }
    }

    final class Gone: Sendable {
        private let state = Mutex(false)
        var value: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    final class Counts: Sendable {
        private let state = Mutex((accepted: 0, refused: 0))
        var all: (accepted: Int, refused: Int) { state.withLock { $0 } }
        func add(_ accepted: Int, _ refused: Int) {
            state.withLock { $0 = ($0.accepted + accepted, $0.refused + refused) }
        }
    }

    struct Outage: Error {}

    /// The service over its HTTP interface, as `SignInCalls` asks it.
    final class WireService: SignInService {
        private let call: Caller
        private let gone: Gone
        /// The id that the service knows the attempt by.
        private let attempt = Mutex("")

        init(call: Caller, gone: Gone) { (self.call, self.gone) = (call, gone) }

        func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
            if gone.value { throw Outage() }
            let started = try await call.start(badge)
            attempt.withLock { $0 = started.id }
            guard started.result == .pinRequired, let start = started.startDateTime, let end = started.expireDateTime,
                let window = ValidityWindow(start: start, expiry: end)
            else { return .refused(try Self.outcome(started.result), lockedUntil: started.lockedUntilDateTime) }
            return .pinRequired(window: window, pinLength: started.pinLength ?? 8)
        }

        func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
            if gone.value { throw Outage() }
            let verdict = try await call.submit(pin.withDigits { $0 }, to: attempt.withLock { $0 })
            switch verdict.result {
            case .signedIn:
                return .signedIn(assertion: verdict.assertion ?? "", offline: verdict.offline.map { OfflineGrant($0) })
            case .mustChangePIN: return .mustChangePIN
            default: return .refused(try Self.outcome(verdict.result), lockedUntil: verdict.lockedUntilDateTime)
            }
        }

        func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer { throw Outage() }

        private static func outcome(_ result: ResultCode) throws -> Outcome { try #require(Outcome(rawValue: result.rawValue)) }
    }

    @Test func `the kiosk by itself never signs in whom the service would refuse at that moment`() async throws {
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed: UInt64 in 1...12 {
                group.addTask {
                    try await Site().run { call in
                        try await OfflinePolicyTests.allow(call)
                        var history = try History(call, seed: seed)
                        let service = history.service
                        let running = Task { await service.run() }
                        try await history.listen()
                        for name in ["bea", "cem"] { try await history.enrol(name) }
                        for _ in 0..<40 {
                            switch Int.random(in: 0..<10, using: &history.random) {
                            case 0: try await history.administer()
                            case 1: call.site.clock.advance([1, 31, 700, 40_000].randomElement(using: &history.random) ?? 1)
                            case 2: try await history.listen()
                            case 3...5: try await history.signIn()
                            default: try await history.compare()
                            }
                        }
                        running.cancel()
                        let (accepted, refused) = (history.accepted, history.refused)
                        for (kiosk, service) in accepted {
                            #expect(service == .signedIn, "seed \(seed): the kiosk said \(kiosk)")
                        }
                        counts.add(accepted.count, refused)
                    }
                }
            }
            try await group.waitForAll()
        }
        let (accepted, refused) = counts.all
        #expect(accepted > 20 && refused > 20, "\(accepted) accepted, \(refused) refused: both must be tried")
    }
}
