public import FoundationEssentials

/// `GET /kiosk/v1/nonce`: what the next proof must sign. Valid for five minutes.
public struct NonceResponse: Codable, Hashable, Sendable {
    public var nonce: String
    public var serverDateTime: Date

    public init(nonce: String, serverDateTime: Date) {
        self.nonce = nonce
        self.serverDateTime = serverDateTime
    }
}

/// `POST /kiosk/v1/signIns`: a badge was read; `proof` is base64url of the badge key's signature over the claim.
public struct SignInStart: Codable, Hashable, Sendable {
    public var id: String
    public var userPrincipalName: String
    public var qrCodeId: String
    public var nonce: String
    /// Milliseconds since 1970, as signed.
    public var proofMilliseconds: Int64
    public var proof: String
    /// What the card says that the badge was read from, as `e=…&c=…` (NXP AN12196); absent for a printed code and a plain tag.
    public var cardMessage: String?

    public init(
        id: String, userPrincipalName: String, qrCodeId: String, nonce: String, proofMilliseconds: Int64, proof: String,
        cardMessage: String? = nil
    ) {
        self.id = id
        self.userPrincipalName = userPrincipalName
        self.qrCodeId = qrCodeId
        self.nonce = nonce
        self.proofMilliseconds = proofMilliseconds
        self.proof = proof
        self.cardMessage = cardMessage
    }
}

/// The answer to ``SignInStart``: `pinRequired` with the window and the PIN's length, or a refusal.
public struct SignInStarted: Codable, Hashable, Sendable {
    public var id: String
    public var result: ResultCode
    public var startDateTime: Date?
    public var expireDateTime: Date?
    public var pinLength: Int?
    public var mustChangePin: Bool?
    public var lockedUntilDateTime: Date?

    public init(
        id: String, result: ResultCode, startDateTime: Date? = nil, expireDateTime: Date? = nil, pinLength: Int? = nil,
        mustChangePin: Bool? = nil, lockedUntilDateTime: Date? = nil
    ) {
        self.id = id
        self.result = result
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
        self.pinLength = pinLength
        self.mustChangePin = mustChangePin
        self.lockedUntilDateTime = lockedUntilDateTime
    }
}

/// `POST /kiosk/v1/signIns/{id}/pin`. Never described: it holds a PIN.
public struct PINSubmission: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var pin: String

    public init(pin: String) { self.pin = pin }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `POST /kiosk/v1/signIns/{id}/newPin`. Never described: it holds a PIN.
public struct NewPINSubmission: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var newPin: String

    public init(newPin: String) { self.newPin = newPin }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The answer to a PIN: `signedIn` with the assertion, `mustChangePIN`, or a refusal.
public struct PINVerdict: Codable, Hashable, Sendable {
    public var id: String
    public var result: ResultCode
    public var lockedUntilDateTime: Date?
    /// A short-lived JWT that the kiosk hands to the device's application.
    public var assertion: String?
    /// Why a new PIN was refused, in words for the worker.
    public var reason: String?
    /// With `signedIn`, where this kiosk may sign the person in offline.
    public var offline: OfflineGrantAnswer?

    public init(
        id: String, result: ResultCode, lockedUntilDateTime: Date? = nil, assertion: String? = nil, reason: String? = nil,
        offline: OfflineGrantAnswer? = nil
    ) {
        self.id = id
        self.result = result
        self.lockedUntilDateTime = lockedUntilDateTime
        self.assertion = assertion
        self.reason = reason
        self.offline = offline
    }
}
