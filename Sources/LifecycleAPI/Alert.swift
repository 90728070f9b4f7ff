public import FoundationEssentials

/// What an administrator should look at.
public enum AlertKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// PINs of many badges were wrong at one kiosk in a short time; it cools down.
    case kioskGuessing
    /// A code was revoked after 100 wrong PINs in a row.
    case codeDisabled
    /// Events of a kiosk are missing.
    case eventGap
    /// A kiosk reported two histories.
    case eventFork
    /// An event's hash is not that of what it says.
    case eventAltered
    /// An event came again with another content, which was not stored.
    case eventConflict
}

/// `GET /admin/v1/alerts`, the newest first. What happens again before it is acknowledged is one alert.
public struct AlertAnswer: Codable, Hashable, Sendable {
    public var id: String
    /// An ``AlertKind``.
    public var kind: String
    public var kioskId: String?
    public var userId: String?
    public var qrCodeId: String?
    /// What happened the last time, for people.
    public var detail: String
    public var firstDateTime: Date
    public var lastDateTime: Date
    public var count: Int
    public var acknowledgedDateTime: Date?
    /// The client that did it.
    public var acknowledgedBy: String?

    public init(
        id: String, kind: String, kioskId: String?, userId: String?, qrCodeId: String?, detail: String, firstDateTime: Date,
        lastDateTime: Date, count: Int, acknowledgedDateTime: Date?, acknowledgedBy: String?
    ) {
        self.id = id
        self.kind = kind
        self.kioskId = kioskId
        self.userId = userId
        self.qrCodeId = qrCodeId
        self.detail = detail
        self.firstDateTime = firstDateTime
        self.lastDateTime = lastDateTime
        self.count = count
        self.acknowledgedDateTime = acknowledgedDateTime
        self.acknowledgedBy = acknowledgedBy
    }
}
