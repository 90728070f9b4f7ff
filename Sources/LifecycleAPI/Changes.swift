public import FoundationEssentials

/// `GET /kiosk/v1/changes?since=N`: what a kiosk that keeps anything must know (design §4). No secret is in it.
public struct ChangeFeed: Codable, Hashable, Sendable {
    public struct Change: Codable, Hashable, Sendable {
        public var number: Int
        /// A ``ChangeKind``; kiosks pass over one that they do not know.
        public var kind: String
        public var qrCodeId: String?
        public var userId: String?
        public var kioskId: String?
        /// With `codeChanged`: when the code may be used by now, unless it was revoked since.
        public var startDateTime: Date?
        public var expireDateTime: Date?

        public init(
            number: Int, kind: String, qrCodeId: String?, userId: String?, kioskId: String?, startDateTime: Date? = nil,
            expireDateTime: Date? = nil
        ) {
            self.number = number
            self.kind = kind
            self.qrCodeId = qrCodeId
            self.userId = userId
            self.kioskId = kioskId
            self.startDateTime = startDateTime
            self.expireDateTime = expireDateTime
        }
    }

    /// What to ask for next as `since`.
    public var number: Int
    /// In order; at most 500, and then there may be more at once.
    public var changes: [Change]
    /// What holds for this kiosk by now; absent where it may sign nobody in offline.
    public var offlinePolicy: OfflinePolicy?

    public init(number: Int, changes: [Change], offlinePolicy: OfflinePolicy? = nil) {
        self.number = number
        self.changes = changes
        self.offlinePolicy = offlinePolicy
    }
}

/// What the service says to a kiosk that asks for changes.
public enum ChangeAnswer: Hashable, Sendable {
    case news(ChangeFeed)
    case nothing
    /// The changes behind the number are not known any more: everything must be heard anew.
    case startAgain
    /// The caller is no kiosk, or no longer one.
    case notAdmitted
}

public enum ChangeKind: String, Codable, Hashable, Sendable, CaseIterable {
    case codeCreated, codeChanged, codeRevoked
    /// The code was bound to a card or freed of it, or whether it needs the card was changed.
    case cardChanged
    case pinChanged
    /// A user who was deleted is disabled.
    case userEnabled, userDisabled
    /// Of a user in a group, which the policy may name.
    case membershipChanged
    case policyChanged
    case kioskChanged, kioskRevoked
}
