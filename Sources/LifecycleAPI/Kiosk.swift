public import FoundationEssentials

/// `POST /admin/v1/enrolmentCodes`.
public struct EnrolmentCodeRequest: Codable, Hashable, Sendable {
    public var displayName: String
    public var group: String?
    /// 1 to 10,080 (a week); an hour when absent.
    public var lifetimeInMinutes: Int?

    public init(displayName: String, group: String? = nil, lifetimeInMinutes: Int? = nil) {
        self.displayName = displayName
        self.group = group
        self.lifetimeInMinutes = lifetimeInMinutes
    }
}

/// An enrolment code as answered; `code` only in the answer that made it.
public struct EnrolmentCodeAnswer: Codable, Hashable, Sendable {
    public var id: String
    public var displayName: String
    public var group: String?
    public var createdDateTime: Date
    public var expireDateTime: Date
    public var code: String?

    public init(
        id: String, displayName: String, group: String?, createdDateTime: Date, expireDateTime: Date, code: String? = nil
    ) {
        self.id = id
        self.displayName = displayName
        self.group = group
        self.createdDateTime = createdDateTime
        self.expireDateTime = expireDateTime
        self.code = code
    }
}

/// `POST /kiosk/v1/enrol`: `publicKey` is 32 bytes as base64url, `proof` its signature over the claim.
public struct EnrolmentRequest: Codable, Hashable, Sendable {
    public var code: String
    public var publicKey: String
    public var proof: String
    /// In place of the name that the code has.
    public var name: String?

    public init(code: String, publicKey: String, proof: String, name: String? = nil) {
        self.code = code
        self.publicKey = publicKey
        self.proof = proof
        self.name = name
    }
}

/// The answer to ``EnrolmentRequest``.
public struct Enrolment: Codable, Hashable, Sendable {
    public var clientId: String
    public var displayName: String
    /// The service's name in tokens.
    public var issuer: String

    public init(clientId: String, displayName: String, issuer: String) {
        self.clientId = clientId
        self.displayName = displayName
        self.issuer = issuer
    }
}

/// `POST /kiosk/v1/key`: another key in place of the one that the caller has.
public struct KeyChange: Codable, Hashable, Sendable {
    public var publicKey: String
    public var proof: String

    public init(publicKey: String, proof: String) {
        self.publicKey = publicKey
        self.proof = proof
    }
}

/// `POST /kiosk/v1/health`: how a kiosk is, every minute and when it changes.
public struct KioskHealth: Codable, Hashable, Sendable {
    public var version: String
    /// `streaming`, `absent` or `unknown`.
    public var camera: String
    /// Events that wait for the service.
    public var outboxDepth: Int
    /// How often the scanner ended since the kiosk started.
    public var scannerCrashes: Int
    public var clockTrusted: Bool
    /// People whom it could sign in offline; absent where no policy lets it.
    public var offlineEntries: Int?
    /// By the kiosk's clock, when it was sent.
    public var dateTime: Date
    /// How far the kiosk's clock is ahead of the service's, with the time of the transport; set by the service.
    public var clockOffsetMilliseconds: Int?

    public init(
        version: String, camera: String, outboxDepth: Int, scannerCrashes: Int, clockTrusted: Bool,
        offlineEntries: Int? = nil, dateTime: Date
    ) {
        self.version = version
        self.camera = camera
        self.outboxDepth = outboxDepth
        self.scannerCrashes = scannerCrashes
        self.clockTrusted = clockTrusted
        self.offlineEntries = offlineEntries
        self.dateTime = dateTime
    }
}

/// `GET /admin/v1/kiosks`.
public struct KioskAnswer: Codable, Hashable, Sendable {
    /// The kiosk's client id, as the sign-in log has it.
    public var id: String
    public var displayName: String
    public var group: String?
    /// Absent for a kiosk that was added at the command line.
    public var enrolledDateTime: Date?
    public var revokedDateTime: Date?
    /// When it last reported health or events.
    public var lastSeenDateTime: Date?
    public var health: KioskHealth?
    /// The number of the last event that the service has of it; 0 when there is none.
    public var lastSequence: Int

    public init(
        id: String, displayName: String, group: String?, enrolledDateTime: Date?, revokedDateTime: Date?, lastSeenDateTime: Date?,
        health: KioskHealth?, lastSequence: Int
    ) {
        self.id = id
        self.displayName = displayName
        self.group = group
        self.enrolledDateTime = enrolledDateTime
        self.revokedDateTime = revokedDateTime
        self.lastSeenDateTime = lastSeenDateTime
        self.health = health
        self.lastSequence = lastSequence
    }
}

/// `PATCH /admin/v1/kiosks/{id}`; an empty group takes the kiosk out of its group.
public struct KioskChange: Codable, Hashable, Sendable {
    public var displayName: String?
    public var group: String?

    public init(displayName: String? = nil, group: String? = nil) {
        self.displayName = displayName
        self.group = group
    }
}
