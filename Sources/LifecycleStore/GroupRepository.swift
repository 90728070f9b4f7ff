public import FoundationEssentials

/// People who are named together: in the policy, and for bulk work. Names need not differ, as in Graph; ids do.
public struct Group: Hashable, Sendable {
    /// A GUID in lower case.
    public let id: String
    public let displayName: String
    public let description: String?
    public let created: Date

    public init(
        id: String = UUID().uuidString.lowercased(), displayName: String, description: String? = nil, created: Date
    ) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.created = created
    }
}

/// Groups and who is in them.
public protocol GroupRepository: Sendable {
    func add(_ group: Group) async throws
    /// False when there is none of this id.
    func update(_ group: Group) async throws -> Bool
    /// False when there was none. Throws ``StoreError/inUse(_:)`` while the policy names it: without the group, the policy would
    /// admit whom it excludes.
    func deleteGroup(_ id: String) async throws -> Bool
    func group(_ id: String) async throws -> Group?
    func groups(_ query: GroupQuery) async throws -> [Group]
    /// False when they were a member already.
    func addMember(_ userID: String, toGroup groupID: String) async throws -> Bool
    /// False when they were none.
    func removeMember(_ userID: String, fromGroup groupID: String) async throws -> Bool
    func groupIDs(ofUser userID: String) async throws -> Set<String>
}

extension GroupRepository {
    /// Whether the policy lets the user sign in. The groups are asked for only when the policy names one.
    public func admits(_ userID: String, by policy: Policy) async throws -> Bool {
        let groups = policy.groupIDs.isEmpty ? [] : try await groupIDs(ofUser: userID)
        return policy.admits(userID: userID, groupIDs: groups)
    }
}

/// Which groups to list, in the order of their names.
public struct GroupQuery: Sendable {
    public enum Member: String, Sendable {
        case id
        case displayName = "display_name"
    }

    /// The group behind which a page starts.
    public struct Place: Codable, Hashable, Sendable {
        public var displayName: String
        public var id: String

        public init(displayName: String, id: String) {
            self.displayName = displayName
            self.id = id
        }
    }

    /// In any case of ASCII letters.
    public var equal: [(Member, String)] = []
    public var prefixes: [(Member, String)] = []
    /// Whose groups.
    public var userID: String?
    public var after: Place?
    public var limit: Int

    public init(after: Place? = nil, limit: Int = 100) {
        self.after = after
        self.limit = limit
    }
}

/// Which users to list, in the order of their userPrincipalNames.
public struct UserQuery: Sendable {
    public enum Member: String, Sendable {
        case id
        case userPrincipalName = "upn_key"
        case displayName = "display_name"
    }

    /// In any case of letters; for display names, of ASCII letters.
    public var equal: [(Member, String)] = []
    public var prefixes: [(Member, String)] = []
    public var isEnabled: Bool?
    /// The members of which group.
    public var groupID: String?
    /// The userPrincipalName behind which a page starts.
    public var after: String?
    public var limit: Int

    public init(after: String? = nil, limit: Int = 100) {
        self.after = after
        self.limit = limit
    }
}
