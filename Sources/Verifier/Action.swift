public import Credential
public import FoundationEssentials

/// What the shell shall do next, in order. A `record` stands before the `show` of its outcome, so nothing is shown that is not kept.
public enum Action: Sendable {
    case show(Display)
    /// Ask the service whether this badge may be used.
    case start(AttemptID, BadgePayload)
    case checkPIN(AttemptID, PIN)
    case setNewPIN(AttemptID, PIN)
    /// The attempt's one event.
    case record(FinishedAttempt)
    case handOver(AttemptID, assertion: String)
}

/// What the person sees.
public enum Display: Hashable, Sendable {
    case holdUpBadge
    case checkingBadge
    /// `typed` digits so far, of at least `length`.
    case pin(Prompt, typed: Int, length: Int)
    case checkingPIN
    case outcome(Outcome, name: String?)

    public enum Prompt: Hashable, Sendable { case current, new, repeated }
}

/// One attempt and its end, as it will be reported.
public struct FinishedAttempt: Hashable, Sendable {
    public let id: AttemptID
    public let outcome: Outcome
    public let occurred: Date
    public let userPrincipalName: String?
    public let qrCodeID: QRCodeID?
    public let isClockTrusted: Bool
}
