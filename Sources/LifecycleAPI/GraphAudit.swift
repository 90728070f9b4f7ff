public import FoundationEssentials

/// `GET /auditLogs/directoryAudits`.
public typealias GraphAudits = GraphPage<GraphAudit>

/// `directoryAudit` as answered. An act that was refused or failed changed nothing and is not listed.
public struct GraphAudit: Codable, Hashable, Sendable {
    /// One of the two is null.
    public struct Initiator: Codable, Hashable, Sendable {
        public struct App: Codable, Hashable, Sendable {
            /// The client id.
            public var appId: String
            public var displayName: String
        }

        public struct User: Codable, Hashable, Sendable {
            public var id: String
            public var displayName: String
            public var userPrincipalName: String
        }

        @Nullable public var app: App?
        @Nullable public var user: User?

        public init(appId: String, displayName: String) {
            app = App(appId: appId, displayName: displayName)
            user = nil
        }

        public init(userId: String, userPrincipalName: String) {
            app = nil
            user = User(id: userId, displayName: userPrincipalName, userPrincipalName: userPrincipalName)
        }
    }

    public struct Target: Codable, Hashable, Sendable {
        public var id: String
        public var displayName: String
        /// `User`, `Group`, `Policy`, `ServicePrincipal`, `Device` or `Other`.
        public var type: String
        /// Null when it is no user.
        @Nullable public var userPrincipalName: String?

        public init(id: String, displayName: String, type: String) {
            self.id = id
            self.displayName = displayName
            self.type = type
            userPrincipalName = type == "User" ? displayName : nil
        }
    }

    public struct Detail: Codable, Hashable, Sendable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    public var id: String
    public var activityDateTime: Date
    public var activityDisplayName: String
    public var category: String
    public var operationType: String
    /// The `request-id` of the call.
    public var correlationId: String
    public var loggedByService = "qrpin-lifecycle"
    public var result = "success"
    public var resultReason = ""
    public var initiatedBy: Initiator
    public var targetResources: [Target]
    public var additionalDetails: [Detail]

    public init(
        id: String, activityDateTime: Date, activityDisplayName: String, category: String, operationType: String,
        correlationId: String, initiatedBy: Initiator, targetResources: [Target], additionalDetails: [Detail]
    ) {
        self.id = id
        self.activityDateTime = activityDateTime
        self.activityDisplayName = activityDisplayName
        self.category = category
        self.operationType = operationType
        self.correlationId = correlationId
        self.initiatedBy = initiatedBy
        self.targetResources = targetResources
        self.additionalDetails = additionalDetails
    }
}
