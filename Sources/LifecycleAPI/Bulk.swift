public import FoundationEssentials

/// `POST /admin/v1/bulk`: the same for many people.
///
/// `id` is the caller's: the same request again is the same job. Give one of `group` (an id, or a name that only one group has),
/// `userPrincipalNames` and `csv` (with a column `userPrincipalName`).
public struct BulkRequest: Codable, Hashable, Sendable {
    /// 1 to 64 letters, digits, `-`, `_` and `.`.
    public var id: String
    /// A ``BulkAction``.
    public var action: String
    public var group: String?
    public var userPrincipalNames: [String]?
    public var csv: String?
    /// Of the badges; from the moment at which each is made, and for the policy's lifetime, unless given.
    public var startDateTime: Date?
    public var expireDateTime: Date?

    public init(
        id: String, action: BulkAction, group: String? = nil, userPrincipalNames: [String]? = nil, csv: String? = nil,
        startDateTime: Date? = nil, expireDateTime: Date? = nil
    ) {
        self.id = id
        self.action = action.rawValue
        self.group = group
        self.userPrincipalNames = userPrincipalNames
        self.csv = csv
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
    }
}

public enum BulkAction: String, Codable, Hashable, Sendable, CaseIterable {
    /// A standard badge for everyone who has no active one; a PIN for who has none.
    case issue
    /// Another standard badge for everyone; the old one works no more. A PIN for who has none.
    case rotate
    /// No badge for anyone, standard or temporary; the PIN stays.
    case revoke
}

/// `GET /admin/v1/bulk/{id}`.
public struct BulkStatus: Codable, Hashable, Sendable {
    public struct Failure: Codable, Hashable, Sendable {
        public var userPrincipalName: String
        public var code: String
        public var message: String

        public init(userPrincipalName: String, code: String, message: String) {
            self.userPrincipalName = userPrincipalName
            self.code = code
            self.message = message
        }
    }

    public var id: String
    public var action: BulkAction
    public var createdDateTime: Date
    /// How many people; the sum of the four that follow.
    public var total: Int
    public var pending: Int
    /// Whose badge was answered and is not yet known to be saved.
    public var issued: Int
    public var done: Int
    public var failed: Int
    /// The first 1000.
    public var errors: [Failure]

    public init(
        id: String, action: BulkAction, createdDateTime: Date, pending: Int, issued: Int, done: Int, failed: Int,
        errors: [Failure]
    ) {
        self.id = id
        self.action = action
        self.createdDateTime = createdDateTime
        total = pending + issued + done + failed
        self.pending = pending
        self.issued = issued
        self.done = done
        self.failed = failed
        self.errors = errors
    }
}

/// `POST /admin/v1/bulk/{id}/next?limit=50`: the next people's turn.
public struct BulkNext: Codable, Hashable, Sendable {
    /// Ids of QR codes that earlier answers brought and that are now where they cannot be lost.
    public var saved: [String]?
    /// The caller is the only one at this job: badges of earlier answers that are not saved were lost and are made anew, at once.
    /// Otherwise that waits a minute.
    public var resume: Bool?

    public init(saved: [String] = [], resume: Bool = false) {
        self.saved = saved
        self.resume = resume
    }
}

/// The answer to ``BulkNext``.
public struct BulkSlice: Codable, Hashable, Sendable {
    public var badges: [BulkBadge]
    /// Of the codes that were said to be saved, those that were revoked since, by another driver of the job or by someone else.
    public var stale: [String]
    public var status: BulkStatus

    public init(badges: [BulkBadge], stale: [String], status: BulkStatus) {
        self.badges = badges
        self.stale = stale
        self.status = status
    }
}

/// A badge that was made for someone. It is answered once.
public struct BulkBadge: Codable, Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var userPrincipalName: String
    public var displayName: String
    public var qrCodeId: String
    public var startDateTime: Date
    public var expireDateTime: Date
    public var image: GraphImage
    /// The temporary PIN, for someone who had none.
    public var pin: String?

    public init(
        userPrincipalName: String, displayName: String, qrCodeId: String, startDateTime: Date, expireDateTime: Date,
        image: GraphImage, pin: String?
    ) {
        self.userPrincipalName = userPrincipalName
        self.displayName = displayName
        self.qrCodeId = qrCodeId
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
        self.image = image
        self.pin = pin
    }

    public var description: String { "badge \(qrCodeId) of \(userPrincipalName)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
