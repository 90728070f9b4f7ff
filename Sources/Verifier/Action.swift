public import Credential
public import FoundationEssentials

/// What the shell shall do next, in order. A `record` stands before the `show` of its outcome, so nothing is shown that is not kept.
public enum Action: Sendable {
    case show(Display)
    /// Ask the service whether this badge may be used.
    case start(AttemptID, BadgePayload)
    case checkPIN(AttemptID, PIN)
    case setNewPIN(AttemptID, PIN)
    /// The one event of an attempt, or of a session's end.
    case record(FinishedAttempt)
    case handOver(AttemptID, assertion: String)
    /// The device's application must let go of whom it was given by this attempt.
    case endSession(AttemptID)
}

/// One attempt and its end, or a session and its end, as it will be reported.
public struct FinishedAttempt: Hashable, Sendable {
    /// The attempt's own id; for a session's end `AttemptID.sessionEnd(at:)` of it.
    public let id: AttemptID
    public let outcome: Outcome
    public let occurred: Date
    public let userPrincipalName: String?
    public let qrCodeID: QRCodeID?
    public let isClockTrusted: Bool
    /// The kiosk decided by itself, because the service was gone.
    public let isOffline: Bool
}
