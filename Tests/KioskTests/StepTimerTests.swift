import KioskRuntime
import Testing
import Verifier

@Suite struct StepTimerTests {
    var timer = StepTimer()
    static let question = Display.pin(.current, typed: 0, length: 8, problem: nil)

    mutating func shown(_ display: Display, at seconds: Double) -> [String] {
        timer.shown(display, at: .seconds(seconds)).map { ["\($0.0) \($0.1 / .seconds(1))"] } ?? []
    }

    @Test mutating func `the wait for the question runs from the read, through a slow service`() {
        timer.read(at: .seconds(1))
        #expect(shown(.checkingBadge, at: 1.125) == [])
        timer.read(at: .seconds(2))
        #expect(timer.call == "start")
        #expect(shown(.stillChecking, at: 4) == [])
        #expect(shown(Self.question, at: 5) == ["prompt 4.0"])
        #expect(shown(.pin(.current, typed: 1, length: 8, problem: nil), at: 6) == [])
    }

    @Test mutating func `a refused badge is no wait for a question`() {
        timer.read(at: .seconds(1))
        #expect(shown(.checkingBadge, at: 1) == [])
        #expect(shown(.outcome(.expired, name: nil), at: 2) == [])
        #expect(shown(Self.question, at: 3) == [])
    }

    @Test(arguments: [Display.outcome(.signedIn, name: nil), .pin(.new, typed: 0, length: 8, problem: nil)])
    mutating func `the wait for the result runs from the last key`(display: Display) {
        for second in 1...8 { timer.pressed(at: .seconds(second)) }
        #expect(shown(.checkingPIN, at: 8.5) == [])
        #expect(timer.call == "pin")
        #expect(shown(display, at: 9) == ["result 1.0"])
        #expect(shown(.holdUpBadge, at: 12) == [])
    }
}
