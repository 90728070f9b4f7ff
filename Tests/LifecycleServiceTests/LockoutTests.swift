import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@testable import LifecycleStore

/// The rules of design §4.
@Suite struct LockoutTests {
    static let pin = "35387687"
    /// Wrong PINs, each another one.
    static func wrong(_ number: Int) -> String { String(40_000_000 + number) }

    /// A step of a story: what is typed where, after how many seconds, and what the answer is.
    struct Step: Sendable {
        var wait: TimeInterval = 0
        var kiosk = "kiosk-1"
        var pin: String
        var result: ResultCode
        var lockedFor: TimeInterval?
    }

    /// `count` distinct wrong PINs, all but the last of which are just wrong.
    static func wrongs(_ numbers: ClosedRange<Int>, at kiosk: String = "kiosk-1", lock: TimeInterval?) -> [Step] {
        numbers.map {
            let isLast = $0 == numbers.upperBound && lock != nil
            return Step(
                kiosk: kiosk, pin: wrong($0), result: isLast ? .lockedOut : .wrongPIN, lockedFor: isLast ? lock : nil)
        }
    }

    static let right = Step(pin: pin, result: .signedIn)

    static let stories: [(String, [Step])] = [
        ("five wrong ones lock for 30 s", wrongs(1...5, lock: 30)),
        ("the right one is not looked at while locked", wrongs(1...5, lock: 30) + [Step(wait: 29, pin: pin, result: .lockedOut)]),
        ("the right one opens after the lock", wrongs(1...5, lock: 30) + [Step(wait: 31, pin: pin, result: .signedIn)]),
        ("success starts the count anew", wrongs(1...4, lock: nil) + [right] + wrongs(5...8, lock: nil) + [right]),
        (
            "the lock doubles up to an hour",
            wrongs(1...5, lock: 30)
                + zip(6..., [60.0, 120, 240, 480, 960, 1920, 3600, 3600]).map {
                    Step(wait: 3601, pin: wrong($0), result: .lockedOut, lockedFor: $1)
                }
        ),
        ("the other kiosk stays open", wrongs(1...5, lock: 30) + [Step(kiosk: "kiosk-2", pin: pin, result: .signedIn)]),
        (
            "one wrong PIN again and again does not count",
            (1...20).map { _ in Step(pin: wrong(1), result: .wrongPIN) } + [right]
        ),
        (
            "three wrong PINs in turn count as three",
            (1...20).map { Step(pin: wrong($0 % 3), result: .wrongPIN) } + [right]
        ),
        (
            "four wrong PINs in turn count each time",
            (1...4).map { Step(pin: wrong($0), result: .wrongPIN) } + [Step(pin: wrong(1), result: .lockedOut, lockedFor: 30)]
        ),
        (
            "ten wrong ones at strange kiosks lock all of those, and not the one where the code is known",
            wrongs(1...4, at: "kiosk-3", lock: nil) + wrongs(5...8, at: "kiosk-4", lock: nil)
                + wrongs(9...10, at: "kiosk-5", lock: 30)
                + [
                    Step(kiosk: "kiosk-2", pin: pin, result: .lockedOut), right,
                    Step(wait: 31, kiosk: "kiosk-2", pin: pin, result: .signedIn),
                ] + wrongs(11...12, at: "kiosk-5", lock: nil)
        ),
        (
            "a kiosk is strange again 30 days after the last success",
            [right, Step(wait: 30 * 86_400 + 1, pin: wrong(1), result: .wrongPIN)] + wrongs(2...4, lock: nil)
                + wrongs(5...9, at: "kiosk-2", lock: 30)
                + [Step(kiosk: "kiosk-3", pin: wrong(10), result: .lockedOut, lockedFor: 30), Step(pin: pin, result: .lockedOut)]
        ),
    ]

    @Test(arguments: stories) func `each sequence of PINs has its answers`(name: String, steps: [Step]) async throws {
        let site = try await Site()
        for number in 3...5 { try await site.admit("kiosk-\(number)", roles: [Role.kioskSignIn.rawValue]) }
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            for (number, step) in steps.enumerated() {
                site.clock.advance(step.wait)
                let started = try await call.start(badge, at: step.kiosk)
                guard started.result == .pinRequired else {
                    #expect(started.result == step.result && step.lockedFor == nil, "\(name), step \(number)")
                    continue
                }
                let verdict = try await call.submit(step.pin, to: started.id, at: step.kiosk)
                #expect(verdict.result == step.result, "\(name), step \(number)")
                let lock = verdict.lockedUntilDateTime?.timeIntervalSince(site.clock.now)
                if step.lockedFor != nil { #expect(lock == step.lockedFor, "\(name), step \(number)") }
            }
        }
    }

    @Test func `forged proofs move no counter, and guesses side by side never pass the limit`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            for _ in 1...10 { _ = try await call.start(badge, key: .random()) }
            #expect(try await call.start(badge).result == .pinRequired)
            var ids: [String] = []
            for _ in 1...24 { ids.append(try await call.start(badge).id) }
            let results = try await withThrowingTaskGroup(of: ResultCode.self) { group in
                for (number, id) in ids.enumerated() {
                    group.addTask { try await call.submit(Self.wrong(number), to: id).result }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.filter { $0 == .wrongPIN }.count == 4)
            #expect(results.filter { $0 == .lockedOut }.count == 20)
            let guesses = try await site.database.read {
                try $0.row("SELECT count FROM guesses WHERE kiosk_id = 'kiosk-1'").map { row -> Int in try row("count") }
            }
            #expect(guesses == 5, "the fifth is the last that is counted, and verified")
        }
    }

    @Test func `a hundred wrong PINs in a row revoke the code, and another one works at once`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            // What the service does with a wrong PIN, without the time for its hash.
            for number in 1...99 {
                site.clock.advance(3601)
                let (code, print) = (badge.qrCodeID.description, Array("wrong PIN \(number)      ".utf8.prefix(16)))
                let guess = try await site.store.takeGuess(
                    codeID: code, kioskID: "kiosk-1", fingerprint: print, at: site.clock.now)
                guard case .taken = guess else { Issue.record("\(guess)"); continue }
                try await site.store.guessedWrong(
                    codeID: code, kioskID: "kiosk-1", fingerprint: print, at: site.clock.now)
            }
            site.clock.advance(3601)
            #expect(try await call.start(badge).result == .pinRequired)
            #expect(try await call.signIn(badge, Self.wrong(100)) == .lockedOut)
            site.clock.advance(3601)
            #expect(try await call.start(badge).result == .badgeRefused)
            let alerts = try await call.request(.get, "/admin/v1/alerts", as: "admin").decode(GraphPage<AlertAnswer>.self).value
            #expect(alerts.map(\.kind) == ["codeDisabled"] && alerts.first?.qrCodeId == badge.qrCodeID.description)
            let reply = try await call.request(.patch, Caller.methodPath + "/standardQRCode", as: "admin", body: "{}")
            let other = try Caller.badge(#require(reply.decode(GraphQRCode.self).image))
            #expect(try await call.signIn(other, Self.pin) == .signedIn)
        }
    }

    @Test func `a reset of the PIN lifts the locks, and a new code does not have them`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            for number in 1...5 { _ = try await call.signIn(badge, Self.wrong(number)) }
            let body = #"{"expireDateTime": "2026-11-24T16:00:00Z"}"#
            let reply = try await call.request(.patch, Caller.methodPath + "/temporaryQRCode", as: "admin", body: body)
            let temporary = try Caller.badge(#require(reply.decode(GraphQRCode.self).image))
            #expect(try await call.signIn(temporary, Self.pin) == .signedIn)
            #expect(try await call.signIn(badge, Self.pin) == .lockedOut)
            let reset = try await call.request(.patch, Caller.methodPath + "/pin", as: "admin", body: "{}")
            let pin = try #require(reply.status == .created ? reset.decode(GraphPIN.self).code : nil)
            #expect(try await call.signIn(badge, pin) == .mustChangePIN)
        }
    }

    @Test func `a kiosk where the PINs of ten badges are wrong takes none for five minutes, and says so`() async throws {
        let site = try await Site()
        try await site.run { call in
            var badges: [BadgePayload] = []
            for number in 1...11 {
                try await site.store.add(User(userPrincipalName: "p\(number)@example.test", displayName: "P"))
                let reply = try await call.request(
                    .put, "/beta/users/p\(number)@example.test/authentication/qrCodePinMethod", as: "admin",
                    body: #"{"standardQRCode": {}, "pin": {"code": "09599786"}}"#)
                badges.append(try Caller.badge(#require(reply.decode(GraphMethod.self).standardQRCode?.image)))
            }
            // A mistake that was mended does not count.
            #expect(try await call.signIn(badges[0], Self.wrong(0)) == .wrongPIN)
            #expect(try await call.signIn(badges[0], "09599786") == .mustChangePIN)
            for badge in badges.dropFirst().dropLast() { #expect(try await call.signIn(badge, Self.wrong(1)) == .wrongPIN) }
            #expect(try await call.start(badges[0]).result == .pinRequired)
            #expect(try await call.signIn(badges[10], Self.wrong(1)) == .wrongPIN)
            let started = try await call.start(badges[0])
            #expect(started.result == .lockedOut && started.lockedUntilDateTime == site.clock.now + 300)
            #expect(try await call.start(badges[0], at: "kiosk-2").result == .pinRequired)
            let alert = try #require(
                await call.request(.get, "/admin/v1/alerts", as: "admin").decode(GraphPage<AlertAnswer>.self).value.first)
            #expect(alert.kind == "kioskGuessing" && alert.kioskId == "kiosk-1" && alert.count == 1)
            site.clock.advance(301)
            #expect(try await call.signIn(badges[0], "09599786") == .mustChangePIN)
            let path = "/admin/v1/alerts/\(alert.id)/acknowledge"
            #expect(try await call.request(.post, path, as: "kiosk-1").status == .forbidden)
            #expect(try await call.request(.post, path, as: "admin").status == .noContent)
            #expect(try await call.request(.post, path, as: "admin").status == .notFound)
            let open = try await call.request(.get, "/admin/v1/alerts", as: "admin").decode(GraphPage<AlertAnswer>.self)
            let closed = try await call.request(.get, "/admin/v1/alerts?acknowledged=true", as: "admin")
                .decode(GraphPage<AlertAnswer>.self)
            #expect(open.value.isEmpty && closed.value.first?.acknowledgedBy == "admin")
        }
    }
}
