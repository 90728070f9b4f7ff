import Credential
import FoundationEssentials
import Testing
import Verifier

/// A kiosk on paper: feeds events to a verifier and keeps what comes out.
struct Scene {
    static let noon = Date(timeIntervalSince1970: 1_780_000_000)
    static let badge = "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"
    static let other = "ms-qrpin:v1|bob@example.test|2a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"

    var verifier = Verifier()
    var uptime = Duration.zero
    var isClockTrusted = true
    var actions: [Action] = []
    var attempt = AttemptID.make(at: noon)

    mutating func send(_ event: Event) {
        let wall = Self.noon.addingTimeInterval(uptime / .seconds(1))
        actions += verifier.handle(event, at: Moment(wall: wall, uptime: uptime, isClockTrusted: isClockTrusted))
    }

    mutating func hold(_ text: String) {
        attempt = AttemptID.make(at: Self.noon)
        send(.badgeRead(text: text, attempt: attempt))
    }

    mutating func accept(from start: TimeInterval = -60, to expiry: TimeInterval = 3600) throws {
        let window = try #require(
            ValidityWindow(start: Self.noon.addingTimeInterval(start), expiry: Self.noon.addingTimeInterval(expiry)))
        send(.startAnswered(attempt, .pinRequired(window: window, pinLength: 8)))
    }

    mutating func type(_ digits: String) {
        for digit in digits.utf8 { send(.key(.digit(digit - 48))) }
        send(.key(.enter))
    }

    mutating func wait(_ duration: Duration) {
        uptime += duration
        send(.tick)
    }

    var records: [FinishedAttempt] { actions.compactMap { if case .record(let record) = $0 { record } else { nil } } }
    var outcomes: [Outcome] { records.map(\.outcome) }
    var checkedPINs: [PIN] { actions.compactMap { if case .checkPIN(_, let pin) = $0 { pin } else { nil } } }
    var newPINs: [PIN] { actions.compactMap { if case .setNewPIN(_, let pin) = $0 { pin } else { nil } } }
}

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
            case .show(.outcome(.signedIn, _)): "show"
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

    @Test(arguments: [("56745755", "56745756", Outcome.pinsDiffer), ("12345678", "12345678", .weakPIN), ("123", "123", .weakPIN)])
    func `a new PIN that is weak or typed differently ends the attempt`(first: String, second: String, outcome: Outcome) throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.type("09599786")
        scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
        scene.type(first)
        scene.type(second)
        #expect(scene.outcomes == [outcome])
        #expect(scene.newPINs.isEmpty)
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

    @Test func `an untrustworthy clock refuses`() throws {
        var scene = Scene()
        scene.isClockTrusted = false
        scene.hold(Scene.badge)
        try scene.accept()
        #expect(scene.outcomes == [.clockUntrusted])
        #expect(scene.records[0].isClockTrusted == false)
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

    @Test func `another badge ends the attempt and starts its own, the same badge does not`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.hold(Scene.badge)
        #expect(scene.outcomes.isEmpty)
        scene.hold(Scene.other)
        #expect(scene.outcomes == [.badgeSwapped])
        #expect(scene.records[0].userPrincipalName == "ada@example.test")
        #expect(!scene.verifier.isIdle)
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

    @Test func `random events never sign in without a right PIN, record each attempt once, and show no digit`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var scene = Scene()
            var attempts = 0
            var mayBeSignedIn: Set<AttemptID> = []
            for _ in 0..<1000 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0:
                    let before = scene.actions.count
                    scene.hold([Scene.badge, Scene.other, "x"].randomElement(using: &generator) ?? "")
                    attempts += scene.actions[before...].count { action in
                        switch action {
                        case .start: true
                        case .record(let record): record.outcome == .notABadge
                        default: false
                        }
                    }
                case 1: try scene.accept()
                case 2: scene.send(.serviceFailed(scene.attempt))
                case 3: scene.wait(.seconds(1))
                case 4: scene.send(.pinAnswered(scene.attempt, .refused(.wrongPIN)))
                case 5: scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
                case 6:
                    mayBeSignedIn.insert(scene.attempt)
                    scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "jwt")))
                case 7: scene.send(.key(.cancel))
                default: scene.type("73190462")
                }
            }
            scene.wait(.seconds(60))
            scene.wait(.seconds(60))
            #expect(scene.verifier.isIdle)
            #expect(scene.records.count == attempts)
            #expect(Set(scene.records.map(\.id)).count == attempts)
            for record in scene.records where record.outcome == .signedIn { #expect(mayBeSignedIn.contains(record.id)) }
            var text = ""
            dump(scene.actions, to: &text)
            #expect(!text.contains("73190462"))
        }
    }
}
