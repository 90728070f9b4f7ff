/// How an attempt or a session ends. The names are those of the service's result codes.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case signedIn
    case wrongPIN, lockedOut, weakPIN, pinsDiffer, pinTimedOut, cancelled, badgeSwapped
    case expired, notYetValid, badgeRefused, notAllowed, foreignBadge, malformedBadge, notABadge
    case cardWithoutBadge, cardTakenAway, cardRequired, cardNotGenuine
    case serviceUnavailable, clockUntrusted, keypadAbsent, interrupted
    case signedOut, sessionTimedOut, sessionReplaced, sessionInterrupted

    /// A session's end, which is no end of an attempt.
    public var isSessionEnd: Bool {
        switch self {
        case .signedOut, .sessionTimedOut, .sessionReplaced, .sessionInterrupted: true
        default: false
        }
    }
}
