public import FoundationEssentials

/// One finished attempt, as the kiosk reports it. Its id is the attempt's UUIDv7, by which the service drops duplicates.
public struct SignInEvent: Codable, Hashable, Sendable {
    public var id: String
    /// Counts up by one for each event of this kiosk, so that a gap shows.
    public var kioskSequence: Int
    public var occurredDateTime: Date
    public var result: ResultCode
    public var userPrincipalName: String?
    public var qrCodeId: String?
    public var clockTrusted: Bool

    public init(
        id: String, kioskSequence: Int, occurredDateTime: Date, result: ResultCode, userPrincipalName: String?,
        qrCodeId: String?, clockTrusted: Bool
    ) {
        self.id = id
        self.kioskSequence = kioskSequence
        self.occurredDateTime = occurredDateTime
        self.result = result
        self.userPrincipalName = userPrincipalName
        self.qrCodeId = qrCodeId
        self.clockTrusted = clockTrusted
    }
}

/// `POST /kiosk/v1/signInEvents`, at most 100 events in the order of their sequence.
public struct SignInEventBatch: Codable, Hashable, Sendable {
    public var events: [SignInEvent]

    public init(events: [SignInEvent]) { self.events = events }
}

/// The ids that are durably stored now, whether by this batch or by an earlier one.
public struct SignInEventReceipt: Codable, Hashable, Sendable {
    public var accepted: [String]

    public init(accepted: [String]) { self.accepted = accepted }
}

/// `POST /oauth2/v2.0/token` (RFC 6749 §5.1).
public struct TokenResponse: Codable, Sendable {
    public var tokenType: String
    public var expiresIn: Int
    public var accessToken: String

    public init(expiresIn: Int, accessToken: String) {
        tokenType = "Bearer"
        self.expiresIn = expiresIn
        self.accessToken = accessToken
    }

    enum CodingKeys: String, CodingKey {
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case accessToken = "access_token"
    }
}
