/// How a sign-in attempt ended, or what it waits for.
///
/// The one table of results: stable on the wire, one sentence for the worker, one for the administrator, one Graph
/// `signIn.status.errorCode`. Refusals that would help an attacker look alike to the worker.
public enum ResultCode: String, Codable, Hashable, Sendable, CaseIterable {
    case signedIn, pinRequired, mustChangePIN
    case wrongPIN, lockedOut, weakPIN, pinsDiffer, pinTimedOut, cancelled, badgeSwapped
    case expired, notYetValid, badgeRefused, notAllowed, foreignBadge, malformedBadge, notABadge
    case cardWithoutBadge, cardTakenAway, cardRequired, cardNotGenuine
    case serviceUnavailable, clockUntrusted, keypadAbsent, interrupted
    /// Ends of a session, each an event of its own behind the `signedIn` of the same kiosk that began it.
    case signedOut, sessionTimedOut, sessionReplaced, sessionInterrupted

    /// Not how an attempt ended, and no failure.
    public var isSessionEnd: Bool {
        switch self {
        case .signedOut, .sessionTimedOut, .sessionReplaced, .sessionInterrupted: true
        default: false
        }
    }

    /// The Graph `signIn.status.errorCode`: 0 for success, 50053 for a lock (Entra's IdsLocked), otherwise a number of our own
    /// above every public AADSTS code (contract §10 says that none is published for QR code + PIN).
    public var graphErrorCode: Int {
        switch self {
        case .signedIn: 0
        case .lockedOut: 50053
        case .wrongPIN: 9_900_001
        case .mustChangePIN: 9_900_002
        case .weakPIN: 9_900_003
        case .pinsDiffer: 9_900_004
        case .pinTimedOut: 9_900_005
        case .cancelled: 9_900_006
        case .badgeSwapped: 9_900_007
        case .pinRequired: 9_900_008
        case .expired: 9_900_011
        case .notYetValid: 9_900_012
        case .badgeRefused: 9_900_013
        case .foreignBadge: 9_900_014
        case .malformedBadge: 9_900_015
        case .notABadge: 9_900_016
        case .notAllowed: 9_900_017
        case .cardWithoutBadge: 9_900_018
        case .cardTakenAway: 9_900_019
        case .cardRequired: 9_900_020
        case .serviceUnavailable: 9_900_021
        case .clockUntrusted: 9_900_022
        case .keypadAbsent: 9_900_023
        case .interrupted: 9_900_024
        case .cardNotGenuine: 9_900_025
        case .signedOut: 9_900_031
        case .sessionTimedOut: 9_900_032
        case .sessionReplaced: 9_900_033
        case .sessionInterrupted: 9_900_034
        }
    }

    public var workerSentence: String {
        switch self {
        case .signedIn: "You are signed in."
        case .pinRequired: "Type your PIN, then press Enter."
        case .mustChangePIN: "Choose a new PIN."
        case .wrongPIN: "That PIN is not right. Show your badge to try again."
        case .lockedOut: "Too many wrong PINs. Wait a little, then try again."
        case .weakPIN: "That PIN is too easy to guess. Show your badge and choose another."
        case .pinsDiffer: "The two new PINs differ. Show your badge to try again."
        case .pinTimedOut: "No PIN was typed in time. Show your badge to try again."
        case .cancelled: "Cancelled."
        case .badgeSwapped: "Another badge was shown."
        case .expired: "This badge has expired. Ask your supervisor for a new one."
        case .notYetValid: "This badge is not valid yet. Ask your supervisor."
        case .badgeRefused: "This badge can't be used. Ask your supervisor."
        case .notAllowed: "Badge sign-in is not switched on for you. Ask your supervisor."
        case .foreignBadge: "This badge belongs to another system. Ask your supervisor."
        case .malformedBadge: "This badge is damaged or incomplete. Ask your supervisor for a new one."
        case .notABadge: "This code is not a badge."
        case .cardWithoutBadge: "This card cannot sign you in. Use your badge."
        case .cardTakenAway: "The card was not read. Hold it to the reader a little longer."
        case .cardRequired: "This badge works only as a card. Tap your card on the reader."
        case .cardNotGenuine: "This card was not accepted. Tap it again, or ask your supervisor."
        case .serviceUnavailable: "Sign-in is not available just now. Try again in a minute."
        case .clockUntrusted: "This kiosk's clock is not set. Ask your supervisor."
        case .keypadAbsent: "The keypad is not connected. Ask your supervisor."
        case .interrupted: "This kiosk was stopped. Show your badge when it is back."
        case .signedOut: "You are signed out."
        case .sessionTimedOut: "You were signed out, because nothing was done for a while."
        case .sessionReplaced: "You were signed out, because another badge was shown."
        case .sessionInterrupted: "You were signed out, because this kiosk was stopped."
        }
    }

    public var administratorSentence: String {
        switch self {
        case .signedIn: "Signed in with QR code and PIN."
        case .pinRequired: "The badge was accepted; the PIN was not yet given."
        case .mustChangePIN: "The PIN is temporary; no new PIN was set."
        case .wrongPIN: "Wrong PIN."
        case .lockedOut: "Locked after repeated wrong PINs; nothing was verified."
        case .weakPIN: "The new PIN did not meet the quality rules."
        case .pinsDiffer: "The new PIN and its repetition differ."
        case .pinTimedOut: "The PIN was not completed in time."
        case .cancelled: "Cancelled at the keypad."
        case .badgeSwapped: "Another badge was read before the PIN was complete."
        case .expired: "The QR code has expired."
        case .notYetValid: "The QR code's startDateTime lies in the future."
        case .badgeRefused: "Unknown or deleted QR code, or its proof failed."
        case .notAllowed: "The account is disabled, or the QR code + PIN policy is disabled or leaves this user out."
        case .foreignBadge: "An ms-qrpin badge of another issuer."
        case .malformedBadge: "An ms-qrpin payload that breaks the grammar."
        case .notABadge: "A QR code without an ms-qrpin payload."
        case .cardWithoutBadge: "A card at the tap reader without an ms-qrpin payload; its number alone signs nobody in."
        case .cardTakenAway: "A card left the tap reader before it was read."
        case .cardRequired: "The code needs the card that it is bound to; it came from a print, a picture or a plain tag."
        case .cardNotGenuine:
            "The card's message is not by the keys of the card that the code is bound to, or was used before: a copy."
        case .serviceUnavailable: "The kiosk could not reach the lifecycle service."
        case .clockUntrusted: "The kiosk could not reach the lifecycle service, and its clock is not trustworthy."
        case .keypadAbsent: "The kiosk's keypad was not connected, or unplugged before the PIN was complete."
        case .interrupted: "The kiosk was stopped, or could not keep events, during the attempt."
        case .signedOut: "The session ended: signed out at the keypad, the page or the application."
        case .sessionTimedOut: "The session ended: it was not used for too long."
        case .sessionReplaced: "The session ended: another badge was read."
        case .sessionInterrupted: "The session ended: the kiosk was stopped, or could not keep events."
        }
    }
}
