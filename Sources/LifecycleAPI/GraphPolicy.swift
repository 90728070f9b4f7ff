/// `qrCodePinAuthenticationMethodConfiguration` as answered (Graph contract §3 and §4.8).
public struct GraphPolicy: Codable, Hashable, Sendable {
    public static let odataType = "#microsoft.graph.qrCodePinAuthenticationMethodConfiguration"

    /// Whom the policy names; the group `all_users` is everyone.
    public struct Target: Codable, Hashable, Sendable {
        public var targetType: String
        public var id: String

        public init(targetType: String, id: String) {
            self.targetType = targetType
            self.id = id
        }
    }

    public struct IncludeTarget: Codable, Hashable, Sendable {
        public var targetType: String
        public var id: String
        public var isRegistrationRequired = false

        public init(_ target: Target) {
            targetType = target.targetType
            id = target.id
        }
    }

    public var odataType = Self.odataType
    public var id = "QRCodePin"
    /// `enabled` or `disabled`.
    public var state: String
    /// 1 to 395.
    public var standardQRCodeLifetimeInDays: Int
    /// 8 to 20.
    public var pinLength: Int
    public var excludeTargets: [Target]
    public var includeTargetsContext: String
    public var includeTargets: [IncludeTarget]

    /// `version` is `beta` or `v1.0`.
    public init(
        state: String, standardQRCodeLifetimeInDays: Int, pinLength: Int, excludeTargets: [Target], includeTargets: [Target],
        version: String
    ) {
        self.state = state
        self.standardQRCodeLifetimeInDays = standardQRCodeLifetimeInDays
        self.pinLength = pinLength
        self.excludeTargets = excludeTargets
        self.includeTargets = includeTargets.map(IncludeTarget.init)
        includeTargetsContext =
            "/\(version)/$metadata#policies/authenticationMethodsPolicy/authenticationMethodConfigurations('QRCodePin')/includeTargets"
    }

    enum CodingKeys: String, CodingKey {
        case odataType = "@odata.type"
        case includeTargetsContext = "includeTargets@odata.context"
        case id, state, standardQRCodeLifetimeInDays, pinLength, excludeTargets, includeTargets
    }
}

/// The body of `PATCH …/qrCodePin`: what is absent stays as it is. Its members are checked by the service.
public struct PolicyRequest: Codable, Hashable, Sendable {
    public var odataType: String?
    public var state: String?
    public var standardQRCodeLifetimeInDays: Int?
    public var pinLength: Int?
    public var excludeTargets: [GraphPolicy.Target]?
    public var includeTargets: [GraphPolicy.Target]?

    enum CodingKeys: String, CodingKey {
        case odataType = "@odata.type"
        case state, standardQRCodeLifetimeInDays, pinLength, excludeTargets, includeTargets
    }
}

/// `GET …/authentication/methods`: the QR code + PIN method, when there is one.
public struct GraphMethods: Codable, Hashable, Sendable {
    public var value: [GraphMethod]

    public init(value: [GraphMethod]) { self.value = value }
}
