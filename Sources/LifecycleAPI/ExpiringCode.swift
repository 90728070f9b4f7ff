public import FoundationEssentials

/// A line of `GET /admin/v1/reports/expiring`: a code that expires soon.
public struct ExpiringCode: Codable, Hashable, Sendable {
    public var userId: String
    public var userPrincipalName: String
    public var displayName: String
    public var accountEnabled: Bool
    public var qrCodeId: String
    /// `standard` or `temporary`.
    public var kind: String
    public var startDateTime: Date
    public var expireDateTime: Date
    /// Whole days from now; below 0 when it has expired.
    public var daysLeft: Int

    public init(
        userId: String, userPrincipalName: String, displayName: String, accountEnabled: Bool, qrCodeId: String, kind: String,
        startDateTime: Date, expireDateTime: Date, daysLeft: Int
    ) {
        self.userId = userId
        self.userPrincipalName = userPrincipalName
        self.displayName = displayName
        self.accountEnabled = accountEnabled
        self.qrCodeId = qrCodeId
        self.kind = kind
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
        self.daysLeft = daysLeft
    }
}
