import Glibc
import KioskRuntime
import Synchronization
import Verifier

/// The state as one line of text. On a terminal a PIN's dots grow and seconds count down in place; elsewhere each is one line.
final class TerminalView: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let last = Mutex<Display?>(nil)
    private let sources = Mutex(BadgeSources([]))

    /// Whose sources of badges the sentences speak of from now on.
    func use(_ sources: BadgeSources) { self.sources.withLock { $0 = sources } }

    /// A source came or went: where a badge is waited for, what can be shown to it is told anew.
    func sourcesChanged() { if last.withLock({ $0 }) == .holdUpBadge { show(.holdUpBadge) } }

    func show(_ display: Display) {
        let previous = last.withLock { last in
            defer { last = display }
            return last
        }
        let changes = Self.isSameLine(previous, display)
        if changes, !isTerminal { return }
        // The cursor stays behind a line that changes, so that the dots appear where people look.
        let start = changes ? "\r\u{1B}[K" : isTerminal && previous.map(Self.isChanging) == true ? "\n" : ""
        let text =
            start + display.sentence(at: Self.told(display, sources.withLock { $0 }))
            + (isTerminal && Self.isChanging(display) ? "" : "\n")
        let bytes = Array(text.utf8)
        // Nobody who reads is no reason to stop signing people in.
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// What is out of order is every source that there should be.
    private static func told(_ display: Display, _ sources: BadgeSources) -> Set<BadgeSource> {
        if case .outOfOrder = display { return sources.all }
        let inUse = sources.inUse
        return inUse.isEmpty ? sources.all : inUse
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
