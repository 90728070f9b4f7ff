public import FoundationEssentials

/// One finished attempt, as the kiosk reports it. Its id is the attempt's UUIDv7, by which the service drops duplicates.
///
/// A kiosk's events form a chain: each has the hash of the one before it in its own hash.
public struct SignInEvent: Codable, Hashable, Sendable {
    public var id: String
    /// Counts up by one for each event of this kiosk, from 1.
    public var kioskSequence: Int
    public var occurredDateTime: Date
    public var result: ResultCode
    public var userPrincipalName: String?
    public var qrCodeId: String?
    public var clockTrusted: Bool
    /// True when the kiosk decided by itself, because the service was gone; else absent.
    public var verifiedOffline: Bool?
    /// The `hash` of the event before; that of ``ChainHead/start`` for the first.
    public var previousHash: String
    /// ``computedHash``, as the kiosk made it: 64 hexadecimal digits in lower case.
    public var hash: String

    /// Puts the event behind the one that has `previousHash`; `hash` is nil for a new event, else as it was told.
    public init(
        id: String, kioskSequence: Int, occurredDateTime: Date, result: ResultCode, userPrincipalName: String?,
        qrCodeId: String?, clockTrusted: Bool, verifiedOffline: Bool = false, previousHash: String = ChainHead.start.hash,
        hash: String? = nil
    ) {
        self.id = id
        self.kioskSequence = kioskSequence
        self.occurredDateTime = occurredDateTime
        self.result = result
        self.userPrincipalName = userPrincipalName
        self.qrCodeId = qrCodeId
        self.clockTrusted = clockTrusted
        self.verifiedOffline = verifiedOffline ? true : nil
        self.previousHash = previousHash
        self.hash = hash ?? ""
        if hash == nil { self.hash = computedHash }
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
    /// The service's word for the chain up to here: a ``Checkpoint`` as a signed JWT. Absent when nothing was ever stored.
    public var checkpoint: String?

    public init(accepted: [String], checkpoint: String? = nil) {
        self.accepted = accepted
        self.checkpoint = checkpoint
    }
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
