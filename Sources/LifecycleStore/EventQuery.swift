/// Which events to list: those that meet every condition, by the time at which they happened.
public struct EventQuery: Sendable {
    public var range: LogRange
    public var userPrincipalNames: [String] = []
    public var userPrincipalNamePrefixes: [String] = []
    public var userIDs: [String] = []
    public var kioskIDs: [String] = []
    /// Of each set, one.
    public var results: [Set<String>] = []

    public init(_ range: LogRange = LogRange()) { self.range = range }
}
