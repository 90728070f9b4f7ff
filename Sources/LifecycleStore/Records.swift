public import FoundationEssentials
public import LifecycleAPI

/// A person who can have a badge.
public struct User: Hashable, Sendable {
    /// A GUID in lower case.
    public let id: String
    public let userPrincipalName: String
    public let displayName: String
    /// False: no badge of theirs signs in.
    public let isEnabled: Bool

    public init(
        id: String = UUID().uuidString.lowercased(), userPrincipalName: String, displayName: String, isEnabled: Bool = true
    ) {
        self.id = id
        self.isEnabled = isEnabled
        self.userPrincipalName = userPrincipalName
        self.displayName = displayName
    }
}

/// A program that may call the service: it proves itself with the private half of this Ed25519 key (RFC 7523).
public struct Client: Hashable, Sendable {
    public let id: String
    /// 32 bytes.
    public let publicKey: [UInt8]
    public let roles: [String]

    public init(id: String, publicKey: [UInt8], roles: [String]) {
        self.id = id
        self.publicKey = publicKey
        self.roles = roles
    }
}

/// A user's QR code + PIN method: at most one standard code, one temporary code and one PIN.
public struct QRCodePINMethod: Hashable, Sendable {
    public let id: String
    public let userID: String
    public let created: Date
    public var lastUsed: Date?
    public var standardCode: Code?
    public var temporaryCode: Code?
    public var pin: StoredPIN?

    public init(
        id: String, userID: String, created: Date, lastUsed: Date? = nil, standardCode: Code?, temporaryCode: Code? = nil,
        pin: StoredPIN?
    ) {
        self.id = id
        self.userID = userID
        self.created = created
        self.lastUsed = lastUsed
        self.standardCode = standardCode
        self.temporaryCode = temporaryCode
        self.pin = pin
    }

    public func code(_ kind: Code.Kind) -> Code? { kind == .standard ? standardCode : temporaryCode }
}

/// A QR code as the service keeps it: the public half of its key, never the private one.
public struct Code: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case standard, temporary }

    /// A GUID in lower case.
    public let id: String
    public let kind: Kind
    /// 32 bytes, Ed25519.
    public let publicKey: [UInt8]
    public let created: Date
    public let start: Date
    public var expire: Date
    public var lastUsed: Date?

    public init(
        id: String, kind: Kind, publicKey: [UInt8], created: Date, start: Date, expire: Date, lastUsed: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.publicKey = publicKey
        self.created = created
        self.start = start
        self.expire = expire
        self.lastUsed = lastUsed
    }
}

/// A PIN as the service keeps it: `hash` is argon2's encoded form, which carries its own parameters.
public struct StoredPIN: Hashable, Sendable {
    public let id: String
    public var hash: String
    /// Digits, 8 to 20, so that a longer minimum is seen to be missed.
    public var length: Int
    public var mustChange: Bool
    public let created: Date
    public var updated: Date

    public init(
        id: String = UUID().uuidString.lowercased(), hash: String, length: Int, mustChange: Bool, created: Date, updated: Date
    ) {
        self.id = id
        self.hash = hash
        self.length = length
        self.mustChange = mustChange
        self.created = created
        self.updated = updated
    }
}

/// A started sign-in, until its PIN was given.
public struct Attempt: Hashable, Sendable {
    /// What may come next.
    public enum Stage: String, Hashable, Sendable { case pin, newPIN, finished }

    public let id: String
    public let kioskID: String
    public let codeID: String
    public let userID: String
    public let started: Date

    public init(id: String, kioskID: String, codeID: String, userID: String, started: Date) {
        self.id = id
        self.kioskID = kioskID
        self.codeID = codeID
        self.userID = userID
        self.started = started
    }
}

/// A reported event as it is kept.
public struct StoredEvent: Hashable, Sendable {
    public let id: String
    public let kioskID: String
    public let kioskSequence: Int
    public let occurred: Date
    public let received: Date
    /// A `ResultCode`'s raw value.
    public let result: String
    /// As the badge has it.
    public let userPrincipalName: String?
    /// Whose code it is, also when it was revoked since; for a code that the store does not know, who has the name. Set by the store.
    public let userID: String?
    public let qrCodeID: String?
    public let clockTrusted: Bool
    public let verifiedOffline: Bool
    public let previousHash: String
    public let hash: String

    public init(
        id: String, kioskID: String, kioskSequence: Int, occurred: Date, received: Date, result: String,
        userPrincipalName: String?, userID: String? = nil, qrCodeID: String?, clockTrusted: Bool,
        verifiedOffline: Bool = false, previousHash: String, hash: String
    ) {
        self.id = id
        self.kioskID = kioskID
        self.kioskSequence = kioskSequence
        self.occurred = occurred
        self.received = received
        self.result = result
        self.userPrincipalName = userPrincipalName
        self.userID = userID
        self.qrCodeID = qrCodeID
        self.clockTrusted = clockTrusted
        self.verifiedOffline = verifiedOffline
        self.previousHash = previousHash
        self.hash = hash
    }

    /// As the kiosk reported it.
    public init(_ event: SignInEvent, kioskID: String, received: Date) {
        self.init(
            id: event.id, kioskID: kioskID, kioskSequence: event.kioskSequence, occurred: event.occurredDateTime,
            received: received, result: event.result.rawValue, userPrincipalName: event.userPrincipalName,
            qrCodeID: event.qrCodeId, clockTrusted: event.clockTrusted, verifiedOffline: event.verifiedOffline ?? false,
            previousHash: event.previousHash, hash: event.hash)
    }

    /// As the kiosk reported it; nil when a newer version stored a result that this one does not know.
    public var reported: SignInEvent? {
        ResultCode(rawValue: result).map {
            SignInEvent(
                id: id, kioskSequence: kioskSequence, occurredDateTime: occurred, result: $0,
                userPrincipalName: userPrincipalName, qrCodeId: qrCodeID, clockTrusted: clockTrusted,
                verifiedOffline: verifiedOffline, previousHash: previousHash, hash: hash)
        }
    }
}
