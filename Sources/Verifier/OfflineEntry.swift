public import Credential
public import FoundationEssentials

/// The service's leave to check a PIN of one badge at this kiosk, given with an online sign-in (design §5).
public struct OfflineGrant: Hashable, Sendable {
    public let userID: String
    public let userPrincipalName: String
    /// By the service's clock; no use extends it.
    public let expiry: Date
    /// The changes up to this number do not touch it.
    public let changeNumber: Int

    public init(userID: String, userPrincipalName: String, expiry: Date, changeNumber: Int) {
        self.userID = userID
        self.userPrincipalName = userPrincipalName
        self.expiry = expiry
        self.changeNumber = changeNumber
    }
}

/// What the kiosk knows of a badge that signed in here. The PIN's hash is kept beside it, and the badge's key nowhere.
public struct OfflineEntry: Hashable, Sendable {
    /// So many wrong PINs in a row end an entry.
    public static let wrongLimit = 10

    public let qrCodeID: QRCodeID
    public let grant: OfflineGrant
    public var window: ValidityWindow
    /// What a person is told that a PIN has at least.
    public let pinLength: Int
    /// In a row, each counted before it is verified.
    public var wrongPINs = 0
    public var lastWrong: Date?
    public var lockedUntil: Date?

    public init(qrCodeID: QRCodeID, grant: OfflineGrant, window: ValidityWindow, pinLength: Int) {
        self.qrCodeID = qrCodeID
        self.grant = grant
        self.window = window
        self.pinLength = pinLength
    }

    public var isEnded: Bool { wrongPINs >= Self.wrongLimit }

    /// Counts a guess as wrong; when it is, the lock holds until then.
    public mutating func guessed(at now: Date) {
        wrongPINs += 1
        lastWrong = now
        lockedUntil = GuessLock.seconds(afterGuess: wrongPINs).map { now.addingTimeInterval($0) }
    }

    /// Takes the count back.
    public mutating func guessedRight() { (wrongPINs, lastWrong, lockedUntil) = (0, nil, nil) }

    /// The entry after the service's word on the badge; nil when it ends.
    public func after(_ verdict: StartVerdict) -> OfflineEntry? {
        var entry = self
        switch verdict {
        case .pinRequired(let window, _): entry.window = window
        case .refused(.lockedOut, let until): entry.lockedUntil = until
        case .refused: return nil
        }
        return entry
    }

    /// The entry after the service's word on a PIN; nil when it ends. A right PIN makes a new entry, or none.
    public func after(_ answer: PINAnswer, at now: Date) -> OfflineEntry? {
        var entry = self
        switch answer {
        case .signedIn, .mustChangePIN: return nil
        case .refused(.wrongPIN, _): entry.guessed(at: now)
        case .refused(.lockedOut, let until):
            entry.guessed(at: now)
            entry.lockedUntil = [until, entry.lockedUntil].compactMap(\.self).max()
        case .refused: return nil
        }
        return entry
    }

    /// The entry after a change at the service; nil when it ends.
    public func after(_ change: OfflineChange) -> OfflineEntry? {
        guard change.number > grant.changeNumber, change.concerns(self) else { return self }
        guard let window = change.window else { return nil }
        var entry = self
        entry.window = window
        return entry
    }
}

/// A change at the service, as far as it touches what a kiosk keeps.
public struct OfflineChange: Hashable, Sendable {
    public enum Subject: Hashable, Sendable { case code(QRCodeID), user(String), everyone }

    public let number: Int
    public let subject: Subject
    /// Of a code that goes on in another window; without one the entries end.
    public let window: ValidityWindow?

    public init(number: Int, subject: Subject, window: ValidityWindow? = nil) {
        self.number = number
        self.subject = subject
        self.window = window
    }

    func concerns(_ entry: OfflineEntry) -> Bool {
        switch subject {
        case .code(let id): entry.qrCodeID == id
        case .user(let id): entry.grant.userID == id
        case .everyone: true
        }
    }
}
