import Testing

@testable import SignInBench

struct ScenarioTests {
    @Test func `a scenario needs a name alone, and means one valid badge, one right PIN and a sign-in`() throws {
        let scenario = try Scenario(yaml: "name: plain", file: "plain.yaml")
        #expect(scenario == Scenario(file: "plain.yaml", name: "plain"))
        #expect((scenario.badge, scenario.typing, scenario.rounds) == (.valid, .right, 1))
        #expect(scenario.expectation.outcomes == .each("signedIn"))
        #expect(scenario.expectation.readRate == 1)
    }

    @Test func `every key reaches its place`() throws {
        let scenario = try Scenario(
            yaml: """
                name: all of them
                about: nothing is left out
                badge: revoked
                pin: corrected
                people: 3
                rounds: 7
                patience: 2.5
                view: {size: 0.5, x: 0.1, y: -0.2, tilt: 30, nod: -20, turn: 45, light: 0.4, shade: 0.3, blur: 1.5, noise: 6}
                motion: {approach: 0.8, sway: 0.05, period: 1.5, exposure: 20}
                camera: {width: 1280, height: 720, rate: 15}
                fault: {kind: keypadLost, at: idle, seconds: 2}
                expect:
                  outcome: [badgeSwapped, signedIn]
                  readRate: 0.9
                  readP95: 1500
                  resultP95: 800
                  signInsPerMinute: 12
                """, file: "all.yaml")
        var expected = Scenario(file: "all.yaml", name: "all of them")
        (expected.badge, expected.typing, expected.people, expected.rounds, expected.patience) = (.revoked, .corrected, 3, 7, 2.5)
        (expected.view.size, expected.view.x, expected.view.y) = (0.5, 0.1, -0.2)
        (expected.view.tilt, expected.view.nod, expected.view.turn) = (30, -20, 45)
        (expected.view.light, expected.view.shade, expected.view.blur, expected.view.noise) = (0.4, 0.3, 1.5, 6)
        (expected.view.approach, expected.view.sway, expected.view.period, expected.view.exposure) = (0.8, 0.05, 1.5, 20)
        (expected.camera.width, expected.camera.height, expected.camera.rate) = (1280, 720, 15)
        expected.fault = Scenario.Fault(kind: .keypadLost, moment: .idle, seconds: 2)
        expected.expectation.outcomes = .all(["badgeSwapped", "signedIn"])
        (expected.expectation.readRate, expected.expectation.readP95) = (0.9, 1500)
        (expected.expectation.resultP95, expected.expectation.signInsPerMinute) = (800, 12)
        #expect(scenario == expected)
    }

    @Test(arguments: [
        ("name: a\nbagde: valid", "s.yaml:2: bagde: there is no such key. Known here: name, about, badge, "),
        ("name: a\nbadge: lost", "s.yaml:2: badge: there is no lost. Choose one of valid, new, expired, "),
        ("name: a\n\nview:\n  tilt: 95", "s.yaml:4: view.tilt: 95 is no number from -80.0 to 80.0 degrees."),
        ("name: a\nview: {size: nan}", "s.yaml:2: view.size: nan is no number from 0.02 to 4.0."),
        ("name: a\nrounds: 1.5", "s.yaml:2: rounds: 1.5 is no whole number from 1 to 10000."),
        ("name: a\ncamera: {width: 641}", "s.yaml:2: camera.width: 641 is odd. Choose an even width."),
        ("name: a\nfault: {at: pin}", "s.yaml: fault.kind: a fault has a kind. Choose one of cameraUnplugged, "),
        ("name: a\nfault: {kind: badgeSwapped, at: idle}", "s.yaml:2: fault.at: a badge is swapped while its PIN is asked for."),
        ("name: a\nexpect: {outcome: signdIn}", "s.yaml:2: expect.outcome: there is no signdIn. Choose one of signedIn, "),
        ("name: a\nexpect: {outcome: [signedIn, none]}", "s.yaml:2: expect.outcome: there is no none."),
        ("name: a\nview: 3", "s.yaml:2: view: this is no mapping. Write lines of the form `key: value`."),
        ("name: [a]", "s.yaml:1: name: this is no single value. Write `name: value`."),
        ("badge: valid", "s.yaml: name: a scenario has a name. Write `name: …`."),
        ("", "s.yaml: this file is empty. Write at least `name: …`."),
        ("- a", "s.yaml:1: this is no mapping."),
        ("name: a\nname: b", "s.yaml:1: this is no YAML: a key is there twice."),
        ("name: a\nview: }", "s.yaml:2: this is no YAML: "),
    ])
    func `an error names file, line, key and cure`(yaml: String, start: String) {
        let error = #expect(throws: ScenarioError.self) { try Scenario(yaml: yaml, file: "s.yaml") }
        #expect(error?.description.hasPrefix(start) == true, "\(error.debugDescription)")
    }

    @Test func `a file over 64 KiB is refused`() {
        let yaml = "name: a\n#" + String(repeating: "-", count: 65_536)
        #expect(throws: ScenarioError.self) { try Scenario(yaml: yaml, file: "s.yaml") }
    }

    @Test func `a badge that is not to be read needs no read rate`() throws {
        let scenario = try Scenario(yaml: "name: dark\nexpect: {outcome: none}", file: "s.yaml")
        #expect(scenario.expectation.outcomes == .each(nil))
        #expect(scenario.expectation.readRate == 0)
    }
}
