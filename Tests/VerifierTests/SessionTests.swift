import Credential
import Testing
import Verifier

@Suite struct SessionTests {
    @Test func `success is shown, then the session`() throws {
        var scene = try Scene.signedIn()
        #expect(scene.shown.last == .outcome(.signedIn, name: "ada@example.test"))
        scene.wait(.seconds(3))
        #expect(scene.shown.last == .session(name: "ada@example.test"))
        #expect(!scene.verifier.isIdle)
    }

    @Test(arguments: [
        (Event.key(.cancel), Outcome.signedOut), (.signOut, .signedOut), (.interrupted, .sessionInterrupted),
    ])
    func `a session ends by key, application or a kiosk that stops, recorded before the application is told`(
        event: Event, outcome: Outcome
    ) throws {
        var scene = try Scene.signedIn()
        scene.wait(.seconds(5))
        scene.send(event)
        #expect(scene.outcomes == [.signedIn, outcome])
        #expect(scene.records[1].userPrincipalName == "ada@example.test")
        #expect(scene.endedSessions == [scene.attempt])
        if case .endSession = scene.actions.last {} else { Issue.record("the application is told last") }
        scene.wait(.seconds(3))
        #expect(scene.verifier.isIdle)
    }

    @Test func `a session without use ends after a warning`() throws {
        var scene = try Scene.signedIn()
        for _ in 1...60 { scene.wait(.seconds(1)) }
        let warnings = (1...30).reversed().map { Display.session(name: "ada@example.test", secondsLeft: $0) }
        #expect(Array(scene.shown.suffix(31).dropLast()) == warnings)
        #expect(scene.outcomes == [.signedIn, .sessionTimedOut])
    }

    @Test(arguments: [Event.key(.digit(5)), .key(.enter), .sessionUsed])
    func `use keeps a session`(event: Event) throws {
        var scene = try Scene.signedIn()
        scene.wait(.seconds(59))
        #expect(scene.shown.last == .session(name: "ada@example.test", secondsLeft: 1))
        scene.send(event)
        #expect(scene.shown.last == .session(name: "ada@example.test"))
        scene.wait(.seconds(59))
        #expect(scene.outcomes == [.signedIn])
    }

    @Test func `another badge ends the session, the same one keeps it, and what is none does nothing`() throws {
        var scene = try Scene.signedIn()
        let first = scene.attempt
        scene.wait(.seconds(40))
        scene.hold("https://example.test")
        scene.hold(Scene.badge)
        #expect(scene.outcomes == [.signedIn])
        scene.wait(.seconds(40))
        scene.hold(Scene.other)
        #expect(scene.outcomes == [.signedIn, .sessionReplaced])
        #expect(scene.endedSessions == [first])
        #expect(scene.shown.last == .checkingBadge)
    }

    @Test func `the event of a session's end has an id of its own, which tells the attempt`() throws {
        var scene = try Scene.signedIn()
        scene.send(.signOut)
        let ids = scene.records.map(\.id)
        #expect(Set(ids).count == 2)
        #expect(ids[1] == scene.attempt.sessionEnd(at: scene.records[1].occurred))
        #expect(ids[1].description.dropLast(2).suffix(20) == ids[0].description.dropLast(2).suffix(20))
        #expect(AttemptID(ids[1].description) == ids[1])
    }

    @Test func `a kiosk without sessions is ready for the next one`() throws {
        var scene = Scene()
        try scene.signIn()
        scene.wait(.seconds(3))
        #expect(scene.verifier.isIdle)
        scene.send(.signOut)
        #expect(scene.outcomes == [.signedIn])
    }
}
