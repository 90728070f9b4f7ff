import Credential
import FoundationEssentials
import Testing
import Verifier

@Suite struct VerifierTests {
    @Test func `a badge and a right PIN sign in, recorded before it is shown`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.type("09599786")
        #expect(try scene.checkedPINs.first?.matches(PIN(digits: "09599786")) == true)
        scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "jwt")))
        #expect(scene.outcomes == [.signedIn])
        #expect(scene.records[0].userPrincipalName == "ada@example.test")
        let order = scene.actions.suffix(3).map {
            switch $0 {
            case .record: "record"
            case .show(.outcome(.signedIn, _, _)): "show"
            case .handOver: "hand over"
            default: "else"
            }
        }
        #expect(order == ["record", "show", "hand over"])
        scene.wait(.seconds(3))
        #expect(scene.verifier.isIdle)
    }

    @Test func `a temporary PIN is followed by a new one, typed twice`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.type("09599786")
        scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
        scene.type("56745755")
        #expect(scene.newPINs.isEmpty)
        scene.type("56745755")
        #expect(scene.newPINs.count == 1)
        scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "jwt")))
        #expect(scene.outcomes == [.signedIn])
    }

    @Test(arguments: [
        (["12345678"], PINProblem.sequence), (["12121212"], .repetition), (["123"], .tooShort(minimum: 8)),
        (["123456789012345678901"], .tooLong(maximum: 20)), (["09599786"], .unchanged), (["56745755", "56745756"], .differs),
    ])
    func `a new PIN with a flaw is asked for again with its reason, and the third flaw ends the attempt`(
        typed: [String], problem: PINProblem
    ) throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.type("09599786")
        scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
        for _ in 1...2 {
            for pin in typed { scene.type(pin) }
            #expect(scene.shown.last == .pin(.new, typed: 0, length: 8, problem: problem))
        }
        #expect(scene.outcomes.isEmpty && scene.newPINs.isEmpty)
        for pin in typed { scene.type(pin) }
        #expect(scene.outcomes == [problem == .differs ? .pinsDiffer : .weakPIN])
        #expect(scene.newPINs.isEmpty)
    }

    @Test func `a PIN that is no PIN is asked for again and never goes to the service`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.type("1234567")
        #expect(scene.shown.last == .pin(.current, typed: 0, length: 8, problem: .tooShort(minimum: 8)))
        scene.type("123456789012345678901")
        #expect(scene.shown.last == .pin(.current, typed: 0, length: 8, problem: .tooLong(maximum: 20)))
        scene.type("1")
        #expect(scene.outcomes == [.wrongPIN])
        #expect(scene.checkedPINs.isEmpty)
    }

    @Test(arguments: [
        ("ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|3763abcd", Outcome.foreignBadge),
        ("ms-qrpin:v1|ada@example.test", .malformedBadge), ("https://example.test", .notABadge),
    ])
    func `what is no badge of ours is refused with its own outcome and never reaches the service`(text: String, outcome: Outcome)
    {
        var scene = Scene()
        scene.hold(text)
        #expect(scene.outcomes == [outcome])
        #expect(!scene.actions.contains { if case .start = $0 { true } else { false } })
    }

    @Test(arguments: [
        (-60.0, -1.0, Outcome.expired), (-60.0, 0.0, .expired), (1.0, 60.0, .notYetValid),
    ])
    func `the kiosk's own clock holds the window too`(start: Double, expiry: Double, outcome: Outcome) throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept(from: start, to: expiry)
        #expect(scene.outcomes == [outcome])
    }

    @Test func `with a clock that is not trusted the service's word counts, and without the service nobody signs in`() throws {
        var asked = Scene()
        asked.isClockTrusted = false
        asked.hold(Scene.badge)
        try asked.accept(from: -60, to: -1)
        asked.type("09599786")
        asked.send(.pinAnswered(asked.attempt, .signedIn(assertion: "jwt")))
        #expect(asked.outcomes == [.signedIn])
        #expect(asked.records[0].isClockTrusted == false)

        var alone = Scene()
        alone.isClockTrusted = false
        alone.hold(Scene.badge)
        alone.send(.serviceFailed(alone.attempt))
        #expect(alone.outcomes == [.clockUntrusted])
    }

    @Test func `ten seconds without a key, or thirty in all, end the PIN`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.wait(.milliseconds(9_999))
        #expect(scene.outcomes.isEmpty)
        scene.wait(.milliseconds(1))
        #expect(scene.outcomes == [.pinTimedOut])

        var slow = Scene()
        slow.hold(Scene.badge)
        try slow.accept()
        for _ in 0..<5 {
            slow.wait(.seconds(6))
            slow.send(.key(.digit(1)))
        }
        #expect(slow.outcomes == [.pinTimedOut])
    }

    @Test func `clear starts the PIN again and cancel ends the attempt`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.send(.key(.digit(9)))
        scene.send(.key(.clear))
        scene.type("09599786")
        #expect(try scene.checkedPINs.first?.matches(PIN(digits: "09599786")) == true)
        scene.send(.key(.cancel))
        #expect(scene.outcomes == [.cancelled])
        scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "late")))
        #expect(scene.outcomes == [.cancelled])
    }

    @Test func `correct takes back one digit, and none of none`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.send(.key(.correct))
        for digit: UInt8 in [0, 9, 1] { scene.send(.key(.digit(digit))) }
        scene.send(.key(.correct))
        #expect(scene.shown.last == .pin(.current, typed: 2, length: 8))
        scene.type("599786")
        #expect(try scene.checkedPINs.first?.matches(PIN(digits: "09599786")) == true)
    }

    @Test func `another badge ends the attempt and starts its own, the same badge does not`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.hold(Scene.badge)
        #expect(scene.outcomes.isEmpty)
        scene.hold(Scene.other)
        #expect(scene.outcomes == [.badgeSwapped])
        #expect(scene.records[0].userPrincipalName == "ada@example.test")
        #expect(scene.shown.last == .checkingBadge)
    }

    @Test func `a code that is no badge does not disturb who is at it`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.hold("https://example.test/parcel")
        #expect(scene.outcomes.isEmpty)
    }

    @Test func `a code that is told of again and again is one showing until it was away for 3 s`() {
        var scene = Scene()
        for _ in 0..<10 {
            scene.hold("https://example.test")
            scene.wait(.milliseconds(2_999))
        }
        #expect(scene.outcomes == [.notABadge])
        scene.wait(.milliseconds(1))
        scene.hold("https://example.test")
        #expect(scene.outcomes == [.notABadge, .notABadge])
    }

    @Test(arguments: [
        (CardRefusal.noBadge, Outcome.cardWithoutBadge), (.damaged, .malformedBadge), (.takenAway, .cardTakenAway),
    ])
    func `a card that is no badge is refused with its own outcome, once while it is there`(refusal: CardRefusal, outcome: Outcome)
    {
        var scene = Scene()
        for _ in 0..<5 {
            scene.send(.cardRefused(refusal, attempt: scene.attempt))
            scene.wait(.milliseconds(2_999))
        }
        #expect(scene.outcomes == [outcome])
        #expect(!scene.actions.contains { if case .start = $0 { true } else { false } })
        scene.wait(.milliseconds(1))
        scene.send(.cardRefused(refusal, attempt: .make(at: Scene.noon)))
        #expect(scene.outcomes == [outcome, outcome])
    }

    @Test func `a card that is read at the second try begins at once`() {
        var scene = Scene()
        scene.send(.cardRefused(.takenAway, attempt: scene.attempt))
        scene.hold(Scene.badge)
        #expect(scene.shown.last == .checkingBadge)
    }

    @Test(arguments: CardRefusal.allCases) func `a purse at the card reader disturbs nobody`(refusal: CardRefusal) throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.send(.cardRefused(refusal, attempt: .make(at: Scene.noon)))
        #expect(scene.outcomes.isEmpty)
        var session = try Scene.signedIn()
        session.send(.cardRefused(refusal, attempt: .make(at: Scene.noon)))
        #expect(session.outcomes == [.signedIn])
    }

    @Test func `a service that fails or stays silent ends the attempt`() throws {
        var failed = Scene()
        failed.hold(Scene.badge)
        failed.send(.serviceFailed(failed.attempt))
        #expect(failed.outcomes == [.serviceUnavailable])

        var silent = Scene()
        silent.hold(Scene.badge)
        silent.wait(.seconds(15))
        #expect(silent.outcomes == [.serviceUnavailable])
    }

    @Test func `a slow service is told after 3 s, once, and the attempt goes on`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        for _ in 1...10 { scene.wait(.seconds(1)) }
        #expect(scene.shown == [.checkingBadge, .stillChecking])
        try scene.accept()
        #expect(scene.shown.last == .pin(.current, typed: 0, length: 8))
    }

    @Test func `a lock says how long, unless the clock is wrong`() {
        for isTrusted in [true, false] {
            var scene = Scene()
            scene.isClockTrusted = isTrusted
            scene.hold(Scene.badge)
            scene.send(.startAnswered(scene.attempt, .refused(.lockedOut, lockedUntil: Scene.noon.addingTimeInterval(29.5))))
            #expect(scene.shown.last == .outcome(.lockedOut, name: "ada@example.test", retryAfter: isTrusted ? 30 : nil))
        }
    }

    @Test func `slow people end within the time for which the service keeps an attempt`() throws {
        var scene = Scene(timeouts: .long)
        scene.hold(Scene.badge)
        try scene.accept()
        scene.wait(.seconds(39))
        scene.type("09599786")
        scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
        while scene.outcomes.isEmpty {
            scene.wait(.seconds(39))
            scene.send(.key(.digit(1)))
            if scene.uptime > .seconds(130) { scene.send(.key(.enter)) }
        }
        #expect(scene.uptime <= .seconds(300))
    }
}
