import Foundation
import Testing
import Verifier

@testable import SerialKeypad

@Suite struct KeypadFeedbackTests {
    private let sign: [Display] = [
        .holdUpBadge, .checkingBadge, .pin(.current, typed: 0, length: 8), .pin(.current, typed: 1, length: 8),
        .pin(.current, typed: 1, length: 8), .checkingPIN, .outcome(.signedIn, name: "ada"),
    ]

    @Test func `a keypad that beeps does so for the question, for each key, and once for success`() {
        var feedback = KeypadFeedback(.bell)
        #expect(sign.map { feedback.bytes(for: $0).count } == [0, 0, 1, 1, 0, 0, 1])
        #expect(feedback.bytes(for: .outcome(.wrongPIN, name: "ada")) == [7, 7, 7])
    }

    @Test func `a keypad without anything is sent nothing`() {
        var feedback = KeypadFeedback(.none)
        #expect(sign.allSatisfy { feedback.bytes(for: $0).isEmpty })
    }

    @Test func `a terminal lights its lamps and writes a line with as many stars as digits`() {
        var feedback = KeypadFeedback(.vt)
        #expect(
            feedback.bytes(for: .pin(.current, typed: 3, length: 8)) == Array("\u{1B}[0q\u{1B}[2J\u{1B}[HPIN ***\u{7}".utf8))
        let success = "\u{1B}[0q\u{1B}[1q\u{1B}[2J\u{1B}[HSigned in\u{7}"
        #expect(feedback.bytes(for: .outcome(.signedIn, name: "ada")) == Array(success.utf8))
    }

    @Test func `no line is longer than 16 characters`() {
        let displays =
            sign + Outcome.allCases.map { .outcome($0, name: "a") } + [
                .outOfOrder(missing: [.keypad]), .stillChecking, .session(name: "a"), .session(name: "a", secondsLeft: 20),
                .pin(.new, typed: 21, length: 8), .pin(.repeated, typed: 20, length: 8),
            ]
        for display in displays { #expect(KeypadFeedback.line(display).utf8.count <= 16) }
    }
}
