public import LifecycleAPI

/// Who may sign in with a badge, and the rules for codes and PINs (Graph contract §4.8).
public struct Policy: Codable, Hashable, Sendable {
    public enum Target: Codable, Hashable, Sendable {
        case everyone
        /// A user's id.
        case user(String)
        /// A group's id.
        case group(String)
    }

    public var isEnabled: Bool
    /// The fewest digits of a PIN, 8 to 20.
    public var pinLength: Int
    /// How long a standard code lives when nothing else is asked for, in days, 1 to 395.
    public var lifetimeInDays: Int
    public var included: [Target]
    public var excluded: [Target]
    /// Nil in what an older program wrote.
    private var offlinePolicies: [OfflinePolicy]?

    public init(isEnabled: Bool, pinLength: Int, lifetimeInDays: Int, included: [Target], excluded: [Target]) {
        self.isEnabled = isEnabled
        self.pinLength = pinLength
        self.lifetimeInDays = lifetimeInDays
        self.included = included
        self.excluded = excluded
    }

    /// Whose kiosks may sign people in offline: one for a kiosk group, in the order of their names.
    public var offline: [OfflinePolicy] {
        get { offlinePolicies ?? [] }
        set { offlinePolicies = newValue.sorted { $0.kioskGroup < $1.kioskGroup } }
    }

    public func offline(inGroup kioskGroup: String?) -> OfflinePolicy? { offline.first { $0.kioskGroup == kioskGroup } }

    /// Graph's default, to which a deleted policy goes back: nobody may sign in.
    public static let standard = Policy(
        isEnabled: false, pinLength: 8, lifetimeInDays: 365, included: [.everyone], excluded: [])

    /// What a new site has: it was installed for badges.
    public static let initial = {
        var policy = Policy.standard
        policy.isEnabled = true
        return policy
    }()

    public func admits(userID: String, groupIDs: Set<String>) -> Bool {
        func names(_ targets: [Target]) -> Bool {
            targets.contains { target in
                switch target {
                case .everyone: true
                case .user(let id): id == userID
                case .group(let id): groupIDs.contains(id)
                }
            }
        }
        return isEnabled && names(included) && !names(excluded)
    }

    /// The ids of the groups that it includes or excludes.
    var groupIDs: [String] {
        (included + excluded).compactMap { if case .group(let id) = $0 { id } else { nil } }
    }
}
