public import FoundationEssentials

/// That the kiosks of a group may sign people in while the service is gone, and for how long (design §5). Without one they may not.
public struct OfflinePolicy: Codable, Hashable, Sendable {
    public static let lifetimes = 1...2160
    public static let ages = 5...10_080

    public var kioskGroup: String
    /// A person must have signed in online at the kiosk within this time: 1 to 2160 hours (90 days).
    public var entryLifetimeInHours: Int
    /// How old what the kiosk last heard of changes may be: 5 to 10,080 minutes (a week). So long may a revoked badge work at a kiosk that
    /// hears nothing.
    public var changesMaxAgeInMinutes: Int

    public init(kioskGroup: String, entryLifetimeInHours: Int, changesMaxAgeInMinutes: Int) {
        self.kioskGroup = kioskGroup
        self.entryLifetimeInHours = entryLifetimeInHours
        self.changesMaxAgeInMinutes = changesMaxAgeInMinutes
    }
}

/// `GET /admin/v1/offlinePolicies`, in the order of the groups' names.
public struct OfflinePolicies: Codable, Hashable, Sendable {
    public var value: [OfflinePolicy]

    public init(value: [OfflinePolicy]) { self.value = value }
}

/// `PATCH /admin/v1/offlinePolicies`: allows it to a kiosk group, or not any more. Its members are checked by the service.
public struct OfflinePolicyRequest: Codable, Hashable, Sendable {
    public var kioskGroup: String
    public var isAllowed: Bool
    /// As they were when absent; 72 hours and 1440 minutes at first.
    public var entryLifetimeInHours: Int?
    public var changesMaxAgeInMinutes: Int?

    public init(kioskGroup: String, isAllowed: Bool, entryLifetimeInHours: Int? = nil, changesMaxAgeInMinutes: Int? = nil) {
        self.kioskGroup = kioskGroup
        self.isAllowed = isAllowed
        self.entryLifetimeInHours = entryLifetimeInHours
        self.changesMaxAgeInMinutes = changesMaxAgeInMinutes
    }
}

/// Comes with `signedIn` where an ``OfflinePolicy`` holds: this kiosk may check this PIN of this badge by itself, until then.
public struct OfflineGrantAnswer: Codable, Hashable, Sendable {
    public var userId: String
    /// As the directory has it, for the application.
    public var userPrincipalName: String
    public var expireDateTime: Date
    /// All changes up to this number were looked at: a later one of the code, the person or the policy takes the grant back.
    public var changeNumber: Int

    public init(userId: String, userPrincipalName: String, expireDateTime: Date, changeNumber: Int) {
        self.userId = userId
        self.userPrincipalName = userPrincipalName
        self.expireDateTime = expireDateTime
        self.changeNumber = changeNumber
    }
}
