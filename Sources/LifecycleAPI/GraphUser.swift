/// `user` as answered: the members that matter for badges.
public struct GraphUser: Codable, Hashable, Sendable {
    /// Only in lists that may hold other things too.
    public var odataType: String?
    public var id: String
    public var userPrincipalName: String
    public var displayName: String
    /// False: no badge of theirs signs in.
    public var accountEnabled: Bool

    public init(id: String, userPrincipalName: String, displayName: String, accountEnabled: Bool) {
        self.id = id
        self.userPrincipalName = userPrincipalName
        self.displayName = displayName
        self.accountEnabled = accountEnabled
    }

    enum CodingKeys: String, CodingKey {
        case odataType = "@odata.type"
        case id, userPrincipalName, displayName, accountEnabled
    }
}

/// `GET /users`.
public typealias GraphUsers = GraphPage<GraphUser>

/// The body of `POST /users` and `PATCH /users/{id}`; its members are checked by the service.
public struct UserRequest: Codable, Hashable, Sendable {
    public var userPrincipalName: String?
    public var displayName: String?
    public var accountEnabled: Bool?
}
