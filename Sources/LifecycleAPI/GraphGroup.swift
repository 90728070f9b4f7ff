public import FoundationEssentials

/// `GET /groups` and `GET /users/{id}/memberOf`.
public typealias GraphGroups = GraphPage<GraphGroup>

/// `group` as answered: always a security group with assigned members.
public struct GraphGroup: Codable, Hashable, Sendable {
    public var odataType = "#microsoft.graph.group"
    public var id: String
    public var displayName: String
    @Nullable public var description: String?
    public var createdDateTime: Date
    public var securityEnabled = true
    public var mailEnabled = false
    public var groupTypes: [String] = []

    public init(id: String, displayName: String, description: String?, createdDateTime: Date) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.createdDateTime = createdDateTime
    }

    enum CodingKeys: String, CodingKey {
        case odataType = "@odata.type"
        case id, displayName, description, createdDateTime, securityEnabled, mailEnabled, groupTypes
    }
}

/// The body of `POST /groups` and `PATCH /groups/{id}`; its members are checked by the service.
public struct GroupRequest: Codable, Hashable, Sendable {
    public var displayName: String?
    public var description: String?
    public var securityEnabled: Bool?
    public var mailEnabled: Bool?
    public var groupTypes: [String]?
}

/// The body of `POST /groups/{id}/members/$ref`.
public struct ReferenceRequest: Codable, Hashable, Sendable {
    /// The address of a user, such as `https://…/v1.0/directoryObjects/{id}` or `…/users/{id}`.
    public var odataID: String

    enum CodingKeys: String, CodingKey {
        case odataID = "@odata.id"
    }
}
