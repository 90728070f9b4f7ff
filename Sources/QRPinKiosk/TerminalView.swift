import Glibc
import KioskRuntime
import Synchronization
import Verifier

/// The state as one line of text. On a terminal a PIN's dots grow and seconds count down in place; elsewhere each is one line.
final class TerminalView: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let last = Mutex<Display?>(nil)

    func show(_ display: Display) {
        let previous = last.withLock { last in
            defer { last = display }
            return last
        }
        let changes = Self.isSameLine(previous, display)
        if changes, !isTerminal { return }
        // The cursor stays behind a line that changes, so that the dots appear where people look.
        let start = changes ? "\r\u{1B}[K" : isTerminal && previous.map(Self.isChanging) == true ? "\n" : ""
        let text = start + display.sentence + (isTerminal && Self.isChanging(display) ? "" : "\n")
        let bytes = Array(text.utf8)
        // Nobody who reads is no reason to stop signing people in.
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    private static func isChanging(_ display: Display) -> Bool { isSameLine(display, display) }

    private static func isSameLine(_ a: Display?, _ b: Display) -> Bool {
        switch (a, b) {
        case (.pin(let first, _, _, let before), .pin(let second, _, _, let after)): first == second && before == after
        case (.session(_, .some), .session(_, .some)): true
        default: false
        }
    }
}
