public import FoundationEssentials

/// `PUT /admin/v1/users/{user}/standardQRCode/card`: an NTAG 424 DNA card for a code. Never described: it holds the card's keys.
public struct CardBindingRequest: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The SDMMetaRead key: 32 hexadecimal digits.
    public var metaReadKey: String
    /// The SDMFileRead key: 32 hexadecimal digits.
    public var fileReadKey: String
    /// What the card said just now, as `e=…&c=…` (NXP AN12196).
    public var message: String
    /// Whether the code signs nobody in without the card; true when absent.
    public var isRequired: Bool?

    public init(metaReadKey: String, fileReadKey: String, message: String, isRequired: Bool? = nil) {
        self.metaReadKey = metaReadKey
        self.fileReadKey = fileReadKey
        self.message = message
        self.isRequired = isRequired
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `PATCH` of the same.
public struct CardBindingChange: Codable, Hashable, Sendable {
    public var isRequired: Bool

    public init(isRequired: Bool) { self.isRequired = isRequired }
}

/// A code's card as answered. Its keys never leave the service.
public struct CardBindingAnswer: Codable, Hashable, Sendable {
    public var qrCodeId: String
    /// The card's UID: 14 hexadecimal digits.
    public var cardNumber: String
    public var isRequired: Bool
    /// How often the card had been read at its last sign-in here.
    public var readCounter: Int
    public var boundDateTime: Date

    public init(qrCodeId: String, cardNumber: String, isRequired: Bool, readCounter: Int, boundDateTime: Date) {
        self.qrCodeId = qrCodeId
        self.cardNumber = cardNumber
        self.isRequired = isRequired
        self.readCounter = readCounter
        self.boundDateTime = boundDateTime
    }
}
