import Credential
import Testing
import Verifier

@Suite struct UnpluggedTests {
    @Test func `without keypad or camera the kiosk says so, and when both are back it is ready`() {
        var scene = Scene()
        for event: Event in [.lost(.keypad), .lost(.keypad), .lost(.scanner), .returned(.keypad), .returned(.scanner)] {
            scene.send(event)
        }
        #expect(
            scene.shown == [
                .outOfOrder(missing: [.keypad]), .outOfOrder(missing: [.keypad, .scanner]), .outOfOrder(missing: [.scanner]),
                .holdUpBadge,
            ])
    }

    @Test func `a keypad that is lost before the PIN is complete ends the attempt, and a badge without one starts none`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        try scene.accept()
        scene.send(.key(.digit(0)))
        scene.send(.lost(.keypad))
        scene.hold(Scene.other)
        #expect(scene.outcomes == [.keypadAbsent, .keypadAbsent])
        #expect(scene.actions.count { if case .start = $0 { true } else { false } } == 1)
        scene.wait(.seconds(6))
        #expect(scene.shown.last == .outOfOrder(missing: [.keypad]))
    }

    @Test func `who typed the PIN signs in though the keypad is lost, but cannot choose a new one`() throws {
        for (answer, outcome) in [(PINAnswer.signedIn(assertion: "jwt"), Outcome.signedIn), (.mustChangePIN, .keypadAbsent)] {
            var scene = Scene()
            scene.hold(Scene.badge)
            try scene.accept()
            scene.type("09599786")
            scene.send(.lost(.keypad))
            scene.send(.pinAnswered(scene.attempt, answer))
            #expect(scene.outcomes == [outcome])
        }
    }

    @Test func `who has shown the badge needs no camera`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        scene.send(.lost(.scanner))
        try scene.accept()
        scene.type("09599786")
        scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "jwt")))
        #expect(scene.outcomes == [.signedIn])
    }

    @Test func `a kiosk that stops ends what is under way`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        scene.send(.interrupted)
        scene.send(.interrupted)
        #expect(scene.outcomes == [.interrupted])
    }
}
