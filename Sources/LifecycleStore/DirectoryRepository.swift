public import FoundationEssentials

/// People who can have badges, and programs that may call.
public protocol DirectoryRepository: Sendable {
    /// Throws ``StoreError/exists(_:)`` when the name is taken.
    func add(_ user: User) async throws
    /// Replaces what is kept of the user of this id. Throws ``StoreError/exists(_:)`` when another one has the name.
    func update(_ user: User) async throws
    func users(_ query: UserQuery) async throws -> [User]
    /// With their method, memberships and places in the policy; what happened with their codes stays known. False when there was none.
    func deleteUser(_ id: String, at now: Date) async throws -> Bool
    /// By id or userPrincipalName, in any case.
    func user(_ key: String) async throws -> User?
    /// Replaces a client of the same id.
    func put(_ client: Client) async throws
    func client(_ id: String) async throws -> Client?
}

/// Who may sign in with a badge, and the rules for codes and PINs.
public protocol PolicyRepository: Sendable {
    /// ``Policy/initial`` until it is changed for the first time.
    func policy() async throws -> Policy
    /// Changes the policy as it is at that moment and gives the new one. Throws ``StoreError/missing(_:)`` for a group that is not there.
    func changePolicy(_ change: @escaping @Sendable (inout Policy) -> Void) async throws -> Policy
}
