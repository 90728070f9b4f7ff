public import Verifier

/// What a keypad is sent, so that who looks at it knows what the page says: beeps, lights, a line of text.
public struct KeypadFeedback: Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case none
        /// BEL: once for each key and for success, three times for a refusal.
        case bell
        /// Also light 1 for success, light 2 for a refusal (DECLL, VT100), and a line of at most 16 characters.
        case vt
    }

    private let kind: Kind
    private var last: Display?

    public init(_ kind: Kind) { self.kind = kind }

    /// Nothing for what was shown before.
    public mutating func bytes(for display: Display) -> [UInt8] {
        defer { last = display }
        guard kind != .none, display != last else { return [] }
        let bells = [UInt8](repeating: 0x07, count: Self.bells(for: display, after: last))
        return kind == .bell ? bells : Array((Self.lights(for: display) + "\u{1B}[2J\u{1B}[H" + Self.line(display)).utf8) + bells
    }

    static func bells(for display: Display, after last: Display?) -> Int {
        switch display {
        case .pin(_, let typed, _, let problem):
            if case .pin(_, let before, _, let known) = last { typed != before ? 1 : problem != known ? 3 : 0 } else { 1 }
        case .outcome(let outcome, _, _): outcome == .signedIn || outcome.isSessionEnd ? 1 : 3
        case .outOfOrder, .session(_, .some): 1
        case .holdUpBadge, .checkingBadge, .checkingPIN, .stillChecking, .session(_, nil): 0
        }
    }

    private static func lights(for display: Display) -> String {
        let off = "\u{1B}[0q"
        return switch lamp(for: display) {
        case .good: off + "\u{1B}[1q"
        case .bad: off + "\u{1B}[2q"
        case .none: off
        }
    }

    enum Lamp { case none, good, bad }

    static func lamp(for display: Display) -> Lamp {
        switch display {
        case .outcome(.signedIn, _, _), .session: .good
        case .outcome, .outOfOrder: .bad
        default: .none
        }
    }

    /// At most 16 characters of ASCII: what the smallest displays have.
    static func line(_ display: Display) -> String {
        switch display {
        case .holdUpBadge: "Show badge"
        case .outOfOrder: "Out of order"
        case .checkingBadge, .checkingPIN: "Checking ..."
        case .stillChecking: "One moment ..."
        case .pin(let prompt, let typed, _, _): prompt.label + String(repeating: "*", count: min(typed, 12))
        case .outcome(.signedIn, _, _), .session: "Signed in"
        case .outcome(let outcome, _, _): outcome.isSessionEnd ? "Signed out" : "Not signed in"
        }
    }
}

extension Display.Prompt {
    fileprivate var label: String {
        switch self {
        case .current: "PIN "
        case .new: "New "
        case .repeated: "And "
        }
    }
}
