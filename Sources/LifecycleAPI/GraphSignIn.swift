public import FoundationEssentials

/// `GET /auditLogs/signIns`.
public typealias GraphSignIns = GraphPage<GraphSignIn>

/// `signIn` as answered (Graph contract §10), with what the kiosk reported and Graph has no member for.
public struct GraphSignIn: Codable, Hashable, Sendable {
    public struct Status: Codable, Hashable, Sendable {
        public var errorCode: Int
        @Nullable public var failureReason: String?
        @Nullable public var additionalDetails: String?
    }

    public struct DeviceDetail: Codable, Hashable, Sendable {
        /// The kiosk's client id.
        public var deviceId: String
        public var displayName: String
    }

    /// A step of the sign-in: badge and PIN are one factor, so there is one.
    public struct AuthenticationDetail: Codable, Hashable, Sendable {
        public var authenticationMethod = "QR code pin"
        /// The QR code's id.
        @Nullable public var authenticationMethodDetail: String?
        public var authenticationStepDateTime: Date
        public var authenticationStepRequirement = "Primary authentication"
        public var authenticationStepResultDetail: String
        public var succeeded: Bool
    }

    public var id: String
    public var correlationId: String
    /// When it happened, by the kiosk's clock.
    public var createdDateTime: Date
    public var receivedDateTime: Date
    @Nullable public var userId: String?
    @Nullable public var userPrincipalName: String?
    @Nullable public var userDisplayName: String?
    @Nullable public var signInIdentifier: String?
    public var signInIdentifierType = "qrCode"
    public var clientAppUsed = "qrpin kiosk"
    public var authenticationRequirement = "singleFactorAuthentication"
    public var isInteractive = true
    public var authenticationDetails: [AuthenticationDetail]
    public var status: Status
    public var deviceDetail: DeviceDetail
    /// A ``ResultCode``.
    public var result: String
    @Nullable public var qrCodeId: String?
    public var kioskSequence: Int
    public var clockTrusted: Bool
    /// The kiosk decided by itself, because the service was gone.
    public var verifiedOffline: Bool

    /// `result` gives the status; one that this version does not know is shown by its name with the code -1. The end of a session has
    /// no step of authentication and no failure.
    public init(
        id: String, kioskID: String, kioskSequence: Int, occurred: Date, received: Date, result: String, userID: String?,
        userPrincipalName: String?, userDisplayName: String?, qrCodeID: String?, clockTrusted: Bool,
        verifiedOffline: Bool = false
    ) {
        let code = ResultCode(rawValue: result)
        let sentence = code?.administratorSentence ?? result
        let isSessionEnd = code?.isSessionEnd ?? false
        self.id = id
        correlationId = id
        createdDateTime = occurred
        receivedDateTime = received
        userId = userID
        self.userPrincipalName = userPrincipalName
        self.userDisplayName = userDisplayName
        signInIdentifier = userPrincipalName
        let step = AuthenticationDetail(
            authenticationMethodDetail: qrCodeID, authenticationStepDateTime: occurred, authenticationStepResultDetail: sentence,
            succeeded: code == .signedIn)
        authenticationDetails = isSessionEnd ? [] : [step]
        status = Status(
            errorCode: code?.graphErrorCode ?? -1, failureReason: code == .signedIn || isSessionEnd ? nil : sentence,
            additionalDetails: isSessionEnd ? sentence : nil)
        deviceDetail = DeviceDetail(deviceId: kioskID, displayName: kioskID)
        self.result = result
        qrCodeId = qrCodeID
        self.kioskSequence = kioskSequence
        self.clockTrusted = clockTrusted
        self.verifiedOffline = verifiedOffline
    }
}

/// The error envelope (Graph contract §6). `innerError` in that casing.
public struct GraphErrorBody: Codable, Hashable, Sendable {
    public struct Detail: Codable, Hashable, Sendable {
        public var code: String
        public var message: String
        /// Absent when there is no more to say.
        public var details: [More]?
        public var innerError: Inner
    }

    /// One of several errors (OData JSON Format 4.01 §21.1).
    public struct More: Codable, Hashable, Sendable {
        public var code: String
        public var message: String
        /// What is wrong, such as `line 3`.
        public var target: String

        public init(code: String, message: String, target: String) {
            self.code = code
            self.message = message
            self.target = target
        }
    }

    public struct Inner: Codable, Hashable, Sendable {
        public var date: Date
        public var requestId: String
        public var clientRequestId: String

        enum CodingKeys: String, CodingKey {
            case date
            case requestId = "request-id"
            case clientRequestId = "client-request-id"
        }
    }

    public var error: Detail

    public init(
        code: String, message: String, date: Date, requestId: String, clientRequestId: String, details: [More] = []
    ) {
        error = Detail(
            code: code, message: message, details: details.isEmpty ? nil : details,
            innerError: Inner(date: date, requestId: requestId, clientRequestId: clientRequestId))
    }
}
