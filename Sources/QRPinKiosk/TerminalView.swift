import Glibc
import KioskRuntime
import Synchronization
import Verifier

/// The state as one line of text. On a terminal a PIN's dots grow in place; elsewhere each question is one line.
final class TerminalView: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let last = Mutex<Display?>(nil)

    func show(_ display: Display) {
        let previous = last.withLock { last in
            defer { last = display }
            return last
        }
        let grows = Self.isSameQuestion(previous, display)
        if grows, !isTerminal { return }
        // The cursor stays behind a question, so that the dots appear where people look.
        let isQuestion = if case .pin = display { true } else { false }
        let wasQuestion = if case .pin = previous { true } else { false }
        let start = grows ? "\r\u{1B}[K" : wasQuestion && isTerminal ? "\n" : ""
        let text = start + display.sentence + (isQuestion && isTerminal ? "" : "\n")
        let bytes = Array(text.utf8)
        // Nobody who reads is no reason to stop signing people in.
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    private static func isSameQuestion(_ a: Display?, _ b: Display) -> Bool {
        switch (a, b) {
        case (.pin(let first, _, _, let before), .pin(let second, _, _, let after)): first == second && before == after
        default: false
        }
    }
}
