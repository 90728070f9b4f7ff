public import Credential

/// What happened outside: everything the verifier learns comes in as one of these.
public enum Event: Sendable {
    /// A QR code was read; `attempt` is the id to use if this starts one.
    case badgeRead(text: String, attempt: AttemptID)
    case key(Key)
    case startAnswered(AttemptID, StartVerdict)
    case pinAnswered(AttemptID, PINAnswer)
    /// The service did not answer in time, or not sensibly.
    case serviceFailed(AttemptID)
    case tick
}

/// A key of the keypad. It prints without its digit.
public enum Key: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// 0 to 9.
    case digit(UInt8)
    case enter, clear, cancel

    public var description: String {
        switch self {
        case .digit: "digit"
        case .enter: "enter"
        case .clear: "clear"
        case .cancel: "cancel"
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What the service says to a badge.
public enum StartVerdict: Hashable, Sendable {
    case pinRequired(window: ValidityWindow, pinLength: Int)
    case refused(Outcome)
}

/// What the service says to a PIN, or to a new one.
public enum PINAnswer: Hashable, Sendable {
    case signedIn(assertion: String)
    case mustChangePIN
    case refused(Outcome)
}

/// How an attempt ends. The names are those of the service's result codes.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case signedIn
    case wrongPIN, lockedOut, weakPIN, pinsDiffer, pinTimedOut, cancelled, badgeSwapped
    case expired, notYetValid, badgeRefused, notAllowed, foreignBadge, malformedBadge, notABadge
    case serviceUnavailable, clockUntrusted
}
