public import Verifier

/// Times what a person waits for, from what comes in and what is shown.
public struct StepTimer: Sendable {
    public enum Step: String, Hashable, Sendable {
        /// From the badge's read to the question for the PIN.
        case prompt
        /// From the last key to what follows from the PIN.
        case result
    }

    private enum Wait { case badge, pin }

    private var lastRead: Duration?
    private var lastKey: Duration?
    private var wait: Wait?

    public init() {}

    /// What is checked at present: `start` is the badge, `pin` the PIN.
    public var call: String { wait == .pin ? "pin" : "start" }

    public mutating func read(at now: Duration) { if wait == nil { lastRead = now } }
    public mutating func pressed(at now: Duration) { lastKey = now }

    /// The step that ends with this display. A badge that is refused asks for no PIN, and is none.
    public mutating func shown(_ display: Display, at now: Duration) -> (Step, Duration)? {
        switch display {
        case .checkingBadge: wait = .badge
        case .checkingPIN: wait = .pin
        case .stillChecking: break
        default:
            defer { wait = nil }
            switch (wait, display) {
            case (.badge, .pin): return lastRead.map { (.prompt, now - $0) }
            case (.pin, _): return lastKey.map { (.result, now - $0) }
            default: return nil
            }
        }
        return nil
    }
}
