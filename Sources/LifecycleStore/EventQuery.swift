public import FoundationEssentials

/// Which events to list: those that meet every condition, by the time at which they happened.
public struct EventQuery: Sendable {
    public enum Comparison: String, Sendable {
        case equal = "="
        case before = "<"
        case notAfter = "<="
        case after = ">"
        case notBefore = ">="
    }

    /// The event behind which a page starts.
    public struct Place: Codable, Hashable, Sendable {
        public var occurred: Date
        public var id: String

        public init(occurred: Date, id: String) {
            self.occurred = occurred
            self.id = id
        }
    }

    public var occurred: [(Comparison, Date)] = []
    public var userPrincipalNames: [String] = []
    public var userPrincipalNamePrefixes: [String] = []
    public var userIDs: [String] = []
    public var kioskIDs: [String] = []
    /// Of each set, one.
    public var results: [Set<String>] = []
    public var isAscending: Bool
    public var after: Place?
    public var limit = 100

    public init(isAscending: Bool = false, after: Place? = nil) {
        self.isAscending = isAscending
        self.after = after
    }
}
