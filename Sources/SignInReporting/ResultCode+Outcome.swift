public import LifecycleAPI
public import Verifier

extension ResultCode {
    /// The verifier's outcome by its name on the wire.
    public init(_ outcome: Outcome) {
        self =
            switch outcome {
            case .signedIn: .signedIn
            case .wrongPIN: .wrongPIN
            case .lockedOut: .lockedOut
            case .weakPIN: .weakPIN
            case .pinsDiffer: .pinsDiffer
            case .pinTimedOut: .pinTimedOut
            case .cancelled: .cancelled
            case .badgeSwapped: .badgeSwapped
            case .expired: .expired
            case .notYetValid: .notYetValid
            case .badgeRefused: .badgeRefused
            case .notAllowed: .notAllowed
            case .foreignBadge: .foreignBadge
            case .malformedBadge: .malformedBadge
            case .notABadge: .notABadge
            case .cardWithoutBadge: .cardWithoutBadge
            case .cardTakenAway: .cardTakenAway
            case .cardRequired: .cardRequired
            case .cardNotGenuine: .cardNotGenuine
            case .serviceUnavailable: .serviceUnavailable
            case .clockUntrusted: .clockUntrusted
            case .keypadAbsent: .keypadAbsent
            case .interrupted: .interrupted
            case .signedOut: .signedOut
            case .sessionTimedOut: .sessionTimedOut
            case .sessionReplaced: .sessionReplaced
            case .sessionInterrupted: .sessionInterrupted
            }
    }
}
