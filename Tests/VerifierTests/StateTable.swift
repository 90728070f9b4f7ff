import Credential
import Foundation
import Testing

@testable import Verifier

/// The verifier's steps as a table, found by trying every event in every state.
enum StateTable {
    typealias Step = (name: String, play: @Sendable (inout Scene) throws -> Void)

    static func markdown() throws -> String {
        var lines = [
            "# The verifier's states", "",
            "Written by `StateTableTests` from the machine itself. What is not listed does nothing, but that in a session every key, the same",
            "badge and the application's use give it its whole time again.",
        ]
        for state in states {
            lines += ["", "## \(state.name)", "", "| event | does | then |", "|---|---|---|"]
            for event in events { try lines.append(contentsOf: row(event, in: state)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ event: Step, in state: Step) throws -> [String] {
        var scene = Scene(timeouts: timeouts)
        try state.play(&scene)
        let (before, first) = (scene.verifier.state.name, scene.actions.count)
        try event.play(&scene)
        let (after, actions) = (scene.verifier.state.name, scene.actions[first...].map(\.name))
        if actions.isEmpty && before == after { return [] }
        return ["| \(event.name) | \(actions.joined(separator: ", ")) | \(after == before ? "" : after) |"]
    }

    private static let timeouts: Verifier.Timeouts = {
        var timeouts = Verifier.Timeouts()
        timeouts.session = .seconds(60)
        return timeouts
    }()

    // MARK: States

    private static let states: [Step] = [
        ("idle", { _ in }),
        ("idle, without a keypad", { $0.send(.lost(.keypad)) }),
        ("idle, without a camera", { $0.send(.lost(.scanner)) }),
        ("starting", { $0.hold(Scene.badge) }),
        ("entering the PIN", entering),
        ("entering the PIN after two slips", enteringAfterSlips),
        ("entering a new PIN", enteringNew),
        ("entering the new PIN again", enteringAgain),
        ("checking the PIN", checking),
        ("checking the new PIN", checkingNew),
        ("session", inSession),
        ("finished", { $0.hold("x") }),
    ]

    @Sendable private static func entering(_ scene: inout Scene) throws {
        scene.hold(Scene.badge)
        try scene.accept()
    }

    @Sendable private static func enteringAfterSlips(_ scene: inout Scene) throws {
        try entering(&scene)
        for _ in 1...2 { scene.type("123") }
    }

    @Sendable private static func enteringNew(_ scene: inout Scene) throws {
        try checking(&scene)
        scene.send(.pinAnswered(scene.attempt, .mustChangePIN))
    }

    @Sendable private static func enteringAgain(_ scene: inout Scene) throws {
        try enteringNew(&scene)
        scene.type(new)
    }

    @Sendable private static func checking(_ scene: inout Scene) throws {
        try entering(&scene)
        scene.type(old)
    }

    @Sendable private static func checkingNew(_ scene: inout Scene) throws {
        try enteringAgain(&scene)
        scene.type(new)
    }

    @Sendable private static func inSession(_ scene: inout Scene) throws {
        try scene.signIn()
        scene.wait(.seconds(5))
    }

    // MARK: Events

    private static let events: [Step] = [
        ("a badge; where one is in use, another", { read(Scene.other, &$0) }),
        ("the same badge again", { read(Scene.badge, &$0) }),
        ("another issuer's badge", { read("ms-qrpin:v1|eve@example.test|3a253da5-3f9a-457d-bd9c-de1aab9a2e59|37", &$0) }),
        ("a damaged badge", { read("ms-qrpin:v1|eve", &$0) }),
        ("a code that is no badge", { read("https://example.test", &$0) }),
        ("a card without a badge", { refuse(.noBadge, &$0) }),
        ("a damaged card", { refuse(.damaged, &$0) }),
        ("a card that is taken away at once", { refuse(.takenAway, &$0) }),
        ("badge accepted", { try $0.accept() }),
        ("badge accepted, expired by this clock", { try $0.accept(to: -1) }),
        ("badge accepted, not yet valid by this clock", { try $0.accept(from: 60) }),
        ("badge refused", { $0.send(.startAnswered($0.attempt, .refused(.badgeRefused))) }),
        ("digit", { $0.send(.key(.digit(1))) }),
        ("correct", { $0.send(.key(.correct)) }),
        ("clear", { $0.send(.key(.clear)) }),
        ("enter, nothing typed", { $0.send(.key(.enter)) }),
        ("enter after the old PIN", { enter(old, &$0) }),
        ("enter after a good new PIN", { enter(new, &$0) }),
        ("enter after 3 digits", { enter("123", &$0) }),
        ("enter after 12345678", { enter("12345678", &$0) }),
        ("cancel", { $0.send(.key(.cancel)) }),
        ("PIN right", { $0.send(.pinAnswered($0.attempt, .signedIn(assertion: ""))) }),
        ("PIN right, but must change", { $0.send(.pinAnswered($0.attempt, .mustChangePIN)) }),
        ("PIN refused", { $0.send(.pinAnswered($0.attempt, .refused(.wrongPIN))) }),
        ("service fails", { $0.send(.serviceFailed($0.attempt)) }),
        ("service fails, clock not trusted", serviceFailsWithoutClock),
        ("camera lost", { $0.send(.lost(.scanner)) }),
        ("camera back", { $0.send(.returned(.scanner)) }),
        ("keypad lost", { $0.send(.lost(.keypad)) }),
        ("keypad back", { $0.send(.returned(.keypad)) }),
        ("the application is used", { $0.send(.sessionUsed) }),
        ("the application signs out", { $0.send(.signOut) }),
        ("the kiosk stops", { $0.send(.interrupted) }),
        ("5 s pass", { $0.wait(.seconds(5)) }),
        ("30 s pass", { $0.wait(.seconds(30)) }),
        ("60 s pass", { $0.wait(.seconds(60)) }),
    ]

    private static let old = "09599786"
    private static let new = "56745755"

    /// After the hold-off.
    private static func read(_ text: String, _ scene: inout Scene) {
        scene.uptime += .seconds(3)
        scene.hold(text)
    }

    private static func refuse(_ refusal: CardRefusal, _ scene: inout Scene) {
        scene.attempt = AttemptID.make(at: Scene.noon)
        scene.send(.cardRefused(refusal, attempt: scene.attempt))
    }

    /// The digits' own effect has a row of its own.
    private static func enter(_ pin: String, _ scene: inout Scene) {
        let before = scene.actions.count
        for digit in pin.utf8 { scene.send(.key(.digit(digit - 48))) }
        scene.actions.removeSubrange(before...)
        scene.send(.key(.enter))
    }

    @Sendable private static func serviceFailsWithoutClock(_ scene: inout Scene) {
        scene.isClockTrusted = false
        scene.send(.serviceFailed(scene.attempt))
    }
}

extension State {
    var name: String {
        switch self {
        case .idle: "idle"
        case .starting: "starting"
        case .entering(let entry): "entering \(entry.question.prompt)"
        case .checking(let check, _): check.isNew ? "checking new" : "checking"
        case .session: "session"
        case .finished: "finished"
        }
    }
}

extension Action {
    var name: String {
        switch self {
        case .show(let display): "show \(display.name)"
        case .start: "start"
        case .checkPIN: "check PIN"
        case .setNewPIN: "set new PIN"
        case .record(let record): "record \(record.outcome)"
        case .handOver: "hand over"
        case .endSession: "end session"
        }
    }
}

extension Display {
    var name: String {
        switch self {
        case .outOfOrder(let missing):
            "outOfOrder without \(Device.allCases.filter(missing.contains).map { "\($0)" }.joined(separator: " and "))"
        case .pin(let prompt, let typed, _, let problem):
            "pin \(prompt), \(typed) typed" + (problem.map { ", \($0)" } ?? "")
        case .outcome(let outcome, _, _): "outcome \(outcome)"
        case .session(_, let seconds): "session" + (seconds.map { ", \($0) s left" } ?? "")
        case .holdUpBadge, .checkingBadge, .checkingPIN, .stillChecking: "\(self)"
        }
    }
}
