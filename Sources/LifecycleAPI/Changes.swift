/// `GET /kiosk/v1/changes?since=N`: what a kiosk that keeps anything must know (design §4). No secret is in it.
public struct ChangeFeed: Codable, Hashable, Sendable {
    public struct Change: Codable, Hashable, Sendable {
        public var number: Int
        /// A ``ChangeKind``; kiosks pass over one that they do not know.
        public var kind: String
        public var qrCodeId: String?
        public var userId: String?
        public var kioskId: String?

        public init(number: Int, kind: String, qrCodeId: String?, userId: String?, kioskId: String?) {
            self.number = number
            self.kind = kind
            self.qrCodeId = qrCodeId
            self.userId = userId
            self.kioskId = kioskId
        }
    }

    /// What to ask for next as `since`.
    public var number: Int
    /// In order; at most 500, and then there may be more at once.
    public var changes: [Change]

    public init(number: Int, changes: [Change]) {
        self.number = number
        self.changes = changes
    }
}

public enum ChangeKind: String, Codable, Hashable, Sendable, CaseIterable {
    case codeCreated, codeChanged, codeRevoked
    case pinChanged
    /// A user who was deleted is disabled.
    case userEnabled, userDisabled
    /// Of a user in a group, which the policy may name.
    case membershipChanged
    case policyChanged
    case kioskChanged, kioskRevoked
}
