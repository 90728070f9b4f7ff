public import Credential
public import FoundationEssentials
public import SecureDynamicMessaging

/// What happened outside: everything the verifier learns comes in as one of these.
public enum Event: Sendable {
    /// A QR code was read; `attempt` is the id to use if this starts one. `card` is what else the card said that it was on.
    case badgeRead(text: String, attempt: AttemptID, card: DynamicMessage? = nil)
    /// A card was held to a reader that gave no text to read as a badge; `attempt` as above.
    case cardRefused(CardRefusal, attempt: AttemptID)
    case key(Key)
    /// `isOffline`: the kiosk answered by itself, because the service is gone.
    case startAnswered(AttemptID, StartVerdict, isOffline: Bool = false)
    case pinAnswered(AttemptID, PINAnswer, isOffline: Bool = false)
    /// The service did not answer in time, or not sensibly.
    case serviceFailed(AttemptID)
    case lost(Device)
    case returned(Device)
    /// The device's application is in use.
    case sessionUsed
    /// The person asked the application or the page to sign out.
    case signOut
    /// The kiosk stops, or cannot keep events: whatever is under way ends.
    case interrupted
    case tick
}

/// Why a card starts no sign-in.
public enum CardRefusal: Hashable, Sendable, CaseIterable {
    /// It tells its number alone, which is no secret, or something that is no badge.
    case noBadge
    /// What is on it cannot be read.
    case damaged
    case takenAway

    var outcome: Outcome {
        switch self {
        case .noBadge: .cardWithoutBadge
        case .damaged: .malformedBadge
        case .takenAway: .cardTakenAway
        }
    }
}

/// A key of the keypad. It prints without its digit.
public enum Key: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// 0 to 9.
    case digit(UInt8)
    /// `correct` takes the last digit back, `clear` all of them. In a session `cancel` signs out.
    case enter, correct, clear, cancel

    public var description: String {
        switch self {
        case .digit: "digit"
        case .enter: "enter"
        case .correct: "correct"
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
    case refused(Outcome, lockedUntil: Date? = nil)
}

/// What the service says to a PIN, or to a new one.
public enum PINAnswer: Hashable, Sendable {
    /// With a grant the kiosk may check this PIN by itself next time.
    case signedIn(assertion: String, offline: OfflineGrant? = nil)
    case mustChangePIN
    case refused(Outcome, lockedUntil: Date? = nil)
}
