public import Credential
public import FoundationEssentials

/// Where a kiosk keeps its entries, and checks PINs against them. Each call is durable when it returns.
public protocol OfflineEntries: Sendable {
    /// How many people could be signed in; nil where no rules let the kiosk, or something that the service said could not be kept.
    var count: Int? { get }
    /// The last change that was heard of.
    var changeNumber: Int? { get }

    func secret(of badge: BadgePayload) -> OfflineSecret
    /// The service's part of a start.
    func verdict(on id: QRCodeID, at moment: Moment) async throws -> StartVerdict
    /// The service's part of a PIN. The guess is counted before it is verified.
    func check(_ pin: PIN, _ secret: OfflineSecret, of id: QRCodeID, at moment: Moment) async throws -> OfflineAnswer
    /// Keeps a new entry in place of the code's old one, unless something was heard of that the grant does not know.
    func keep(_ entry: OfflineEntry, _ pin: PIN, _ secret: OfflineSecret, at moment: Moment) async throws
    /// Takes over what the service said online.
    func learn(_ verdict: StartVerdict, of id: QRCodeID) async throws
    func learn(_ answer: PINAnswer, of id: QRCodeID, at moment: Moment) async throws
    func take(_ update: OfflineUpdate, at moment: Moment) async throws
    func confirm(at moment: Moment) async throws
    /// Ends all entries; everything must be heard anew.
    func forget() async throws
}

/// What the kiosk itself says to a PIN.
public enum OfflineAnswer: Hashable, Sendable {
    case right(OfflineGrant)
    case refused(Outcome, lockedUntil: Date? = nil)
}
