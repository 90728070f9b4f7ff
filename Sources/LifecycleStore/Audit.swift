public import FoundationEssentials

/// An administrative act, as it is kept. It never holds a secret.
public struct AuditRecord: Hashable, Sendable {
    /// What was done, in Entra's words where it has them.
    public struct Activity: Hashable, Sendable {
        /// Such as `Add user`.
        public let name: String
        /// Such as `UserManagement`.
        public let category: String
        /// `Add`, `Update`, `Delete`, `Assign` or `Unassign`.
        public let operation: String

        public init(_ name: String, category: String, operation: String) {
            self.name = name
            self.category = category
            self.operation = operation
        }
    }

    /// Who did it.
    public struct Initiator: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable { case application, user }

        public let kind: Kind
        /// A client id, or a user's id.
        public let id: String
        public let name: String

        public init(_ kind: Kind, id: String, name: String) {
            self.kind = kind
            self.id = id
            self.name = name
        }
    }

    /// To what.
    public struct Target: Hashable, Sendable {
        /// In the words of Graph's `targetResource.type`.
        public enum Kind: String, Hashable, Sendable {
            case user = "User"
            case group = "Group"
            case policy = "Policy"
            case application = "ServicePrincipal"
            case device = "Device"
            case other = "Other"
        }

        public let kind: Kind
        public let id: String
        public let name: String

        public init(_ kind: Kind, id: String, name: String) {
            self.kind = kind
            self.id = id
            self.name = name
        }

        public static func user(_ user: User) -> Target { Target(.user, id: user.id, name: user.userPrincipalName) }
        public static func group(_ group: Group) -> Target { Target(.group, id: group.id, name: group.displayName) }
    }

    /// A GUID in lower case.
    public let id: String
    public let occurred: Date
    public let activity: Activity
    public let initiator: Initiator
    public let target: Target
    /// The `request-id` of the call.
    public let requestID: String
    /// What else is worth knowing, such as a code's id; nothing secret.
    public let details: [String: String]

    public init(
        id: String = UUID().uuidString.lowercased(), occurred: Date, activity: Activity, initiator: Initiator, target: Target,
        requestID: String, details: [String: String] = [:]
    ) {
        self.id = id
        self.occurred = occurred
        self.activity = activity
        self.initiator = initiator
        self.target = target
        self.requestID = requestID
        self.details = details
    }
}

extension AuditRecord.Activity {
    public static let addUser = Self("Add user", category: "UserManagement", operation: "Add")
    public static let updateUser = Self("Update user", category: "UserManagement", operation: "Update")
    public static let deleteUser = Self("Delete user", category: "UserManagement", operation: "Delete")
    public static let importUsers = Self("Import users", category: "UserManagement", operation: "Update")
    public static let startBulk = Self("Start bulk work", category: "UserManagement", operation: "Update")
    public static let addGroup = Self("Add group", category: "GroupManagement", operation: "Add")
    public static let updateGroup = Self("Update group", category: "GroupManagement", operation: "Update")
    public static let deleteGroup = Self("Delete group", category: "GroupManagement", operation: "Delete")
    public static let addMember = Self("Add member to group", category: "GroupManagement", operation: "Assign")
    public static let removeMember = Self("Remove member from group", category: "GroupManagement", operation: "Unassign")
    public static let createMethod = Self("Create QR code PIN method", category: "UserManagement", operation: "Add")
    public static let deleteMethod = Self("Delete QR code PIN method", category: "UserManagement", operation: "Delete")
    public static let createCode = Self("Create QR code", category: "UserManagement", operation: "Add")
    public static let updateCode = Self("Update QR code", category: "UserManagement", operation: "Update")
    public static let deleteCode = Self("Delete QR code", category: "UserManagement", operation: "Delete")
    public static let bindCard = Self("Bind card to QR code", category: "UserManagement", operation: "Assign")
    public static let updateCard = Self("Update card of QR code", category: "UserManagement", operation: "Update")
    public static let unbindCard = Self("Unbind card from QR code", category: "UserManagement", operation: "Unassign")
    public static let resetPIN = Self("Reset PIN", category: "UserManagement", operation: "Update")
    public static let changePIN = Self("Change PIN", category: "UserManagement", operation: "Update")
    public static let deletePIN = Self("Delete PIN", category: "UserManagement", operation: "Delete")
    public static let updatePolicy = Self("Update authentication method policy", category: "Policy", operation: "Update")
    public static let resetPolicy = Self("Reset authentication method policy", category: "Policy", operation: "Update")
    public static let openSession = Self("Sign in to admin page", category: "Authentication", operation: "Add")
    public static let endSession = Self("Sign out of admin page", category: "Authentication", operation: "Delete")
    public static let addEnrolmentCode = Self("Add kiosk enrolment code", category: "Device", operation: "Add")
    public static let deleteEnrolmentCode = Self("Delete kiosk enrolment code", category: "Device", operation: "Delete")
    public static let enrolKiosk = Self("Enrol kiosk", category: "Device", operation: "Add")
    public static let updateKiosk = Self("Update kiosk", category: "Device", operation: "Update")
    public static let changeKioskKey = Self("Change kiosk key", category: "Device", operation: "Update")
    public static let revokeKiosk = Self("Revoke kiosk", category: "Device", operation: "Delete")
    public static let acknowledgeAlert = Self("Acknowledge alert", category: "Device", operation: "Update")
    public static let putClient = Self("Add or update application", category: "ApplicationManagement", operation: "Add")
}

extension User {
    /// What is other than it was, for the audit log.
    public func changes(from old: User) -> [String: String] {
        var changes: [String: String] = [:]
        if userPrincipalName != old.userPrincipalName {
            changes["userPrincipalName"] = "\(old.userPrincipalName) → \(userPrincipalName)"
        }
        if displayName != old.displayName { changes["displayName"] = "\(old.displayName) → \(displayName)" }
        if isEnabled != old.isEnabled { changes["accountEnabled"] = "\(old.isEnabled) → \(isEnabled)" }
        return changes
    }
}

extension Group {
    /// What the record of a member's coming or going says of it.
    public var audit: [String: String] { ["groupId": id, "groupDisplayName": displayName] }
}

/// The record of what was done by whom.
public protocol AuditRepository: Sendable {
    /// The same store; each write through it leaves the record in the same transaction, so that there is no act without it.
    ///
    /// A write that answers false has found nothing to change and leaves none; several writes of one act leave one.
    func recording(_ record: AuditRecord) -> any LifecycleRepository
    func audits(_ query: AuditQuery) async throws -> [AuditRecord]
}

/// Which acts to list: those that meet every condition, by the time at which they happened.
public struct AuditQuery: Sendable {
    public enum Member: String, Hashable, Sendable {
        case id, activity, category
        case initiatorKind = "initiator_kind"
        case initiatorID = "initiator_id"
        case initiatorName = "initiator_name"
        case targetKind = "target_kind"
        case targetID = "target_id"
        case targetName = "target_name"
        case requestID = "request_id"
    }

    public var range: LogRange
    /// In any case of letters.
    public var equal: [(Member, String)] = []
    public var prefixes: [(Member, String)] = []

    public init(_ range: LogRange = LogRange()) { self.range = range }
}
