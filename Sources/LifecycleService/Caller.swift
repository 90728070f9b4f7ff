import LifecycleStore

/// Who calls, as a verified token says.
struct Caller: Sendable {
    enum Kind: Sendable {
        /// A program on its own behalf: its permissions are application permissions.
        case application
        /// A program that acts for a person: its permissions are delegated scopes. Nil: a person who is not in the directory.
        case delegated(User?)
    }

    /// A client's id, or a person's id; a person whom the directory does not know goes by the name in the token.
    let id: String
    let kind: Kind
    /// The names of roles or scopes; those that this service does not know open nothing.
    let permissions: Set<String>
    var directoryRoles: Set<DirectoryRole> = []
}

/// The built-in roles of Microsoft Entra that this service knows, with their template ids as `wids` has them
/// (Microsoft Entra built-in roles, "All roles").
enum DirectoryRole: String, Hashable, Sendable, CaseIterable {
    case authenticationAdministrator = "Authentication Administrator"
    case privilegedAuthenticationAdministrator = "Privileged Authentication Administrator"
    case authenticationPolicyAdministrator = "Authentication Policy Administrator"
    case userAdministrator = "User Administrator"
    case groupsAdministrator = "Groups Administrator"
    case globalReader = "Global Reader"
    case reportsReader = "Reports Reader"
    case securityReader = "Security Reader"
    case securityAdministrator = "Security Administrator"

    static let authenticationAdministrators = [authenticationAdministrator, privilegedAuthenticationAdministrator]

    var templateID: String {
        switch self {
        case .authenticationAdministrator: "c4e39bd9-1100-46d3-8c65-fb160da0071f"
        case .privilegedAuthenticationAdministrator: "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
        case .authenticationPolicyAdministrator: "0526716b-113d-4c15-b2c8-68e3c22b9f80"
        case .userAdministrator: "fe930be7-5e62-47db-91af-98c3a49a38b1"
        case .groupsAdministrator: "fdd7a751-b60b-444a-984c-02652fe8fa1c"
        case .globalReader: "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
        case .reportsReader: "4a5d8f65-41da-4de4-8968-e035b65339cf"
        case .securityReader: "5d6b6bb7-de71-4623-b4af-96380a352509"
        case .securityAdministrator: "194ae4cb-b126-40b2-bd5b-6091b380977d"
        }
    }

    /// By template id or name, in any case; nil for a role that this service does not know.
    init?(claimed text: String) {
        let found = Self.allCases.first { [$0.templateID, $0.rawValue.lowercased()].contains(text.lowercased()) }
        guard let found else { return nil }
        self = found
    }
}
