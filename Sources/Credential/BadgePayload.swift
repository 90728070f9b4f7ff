public import SecureDynamicMessaging

/// What a badge's QR code says: `ms-qrpin:v1|<userPrincipalName>|<QR code id>|<badge key>`.
public struct BadgePayload: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let userPrincipalName: String
    public let qrCodeID: QRCodeID
    public let key: BadgeKey
    /// What else the card said that it was read from, to prove that it is no copy; nil of a printed code or a plain tag.
    public var card: DynamicMessage?

    /// Throws when the name is empty, longer than 113 characters, or holds `|` or a control character.
    public init(userPrincipalName: String, qrCodeID: QRCodeID, key: BadgeKey) throws(BadgeError) {
        guard Self.isName(userPrincipalName) else { throw BadgeError(userPrincipalName: userPrincipalName) }
        self.userPrincipalName = userPrincipalName
        self.qrCodeID = qrCodeID
        self.key = key
    }

    /// The text to encode. It holds the badge key: print it, never log or store it.
    public var text: String { "\(Self.prefix)\(userPrincipalName)|\(qrCodeID)|\(key.base64url)" }

    public var description: String { "badge \(qrCodeID) of \(userPrincipalName)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    static let prefix = "ms-qrpin:v1|"
    /// Bytes; design §2.
    static let longestPayload = 512

    /// Why no badge can carry the name; nil when one can.
    public static func problem(withUserPrincipalName name: String) -> String? {
        isName(name) ? nil : BadgeError(userPrincipalName: name).description
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        (1...113).contains(name.count) && !name.contains("|")
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

/// A name that no badge can carry.
public struct BadgeError: Error, Hashable, CustomStringConvertible {
    public let userPrincipalName: String

    public var description: String {
        "userPrincipalName \"\(userPrincipalName)\": a badge holds 1 to 113 characters, none of them | or a control character."
    }
}

/// What a QR code's text turned out to be. Every text is one of these; none is an error.
public enum BadgeReading: Sendable {
    case badge(BadgePayload)
    /// An `ms-qrpin` code with a tail that is not ours: another issuer's.
    case foreign(userPrincipalName: String, qrCodeID: QRCodeID)
    case malformed(Malformation)
    case notABadge

    public enum Malformation: Hashable, Sendable {
        case tooLong, fieldMissing, userPrincipalName, qrCodeID, badgeKey, version
    }

    public static func parse(_ text: String) -> BadgeReading {
        guard text.utf8.starts(with: "ms-qrpin:".utf8) else { return .notABadge }
        guard text.utf8.count <= BadgePayload.longestPayload else { return .malformed(.tooLong) }
        guard text.utf8.starts(with: BadgePayload.prefix.utf8) else { return .malformed(.version) }
        let fields = text.dropFirst(BadgePayload.prefix.count).split(
            separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return .malformed(.fieldMissing) }
        guard BadgePayload.isName(fields[0]) else { return .malformed(.userPrincipalName) }
        guard let id = QRCodeID(fields[1]) else { return .malformed(.qrCodeID) }
        guard !fields[2].isEmpty else { return .malformed(.badgeKey) }
        guard let key = BadgeKey(base64url: fields[2]),
            let payload = try? BadgePayload(userPrincipalName: String(fields[0]), qrCodeID: id, key: key)
        else { return .foreign(userPrincipalName: String(fields[0]), qrCodeID: id) }
        return .badge(payload)
    }

    /// Bytes that are not UTF-8 are malformed behind the prefix, and no badge without it.
    public static func parse(_ bytes: some Sequence<UInt8>) -> BadgeReading {
        let bytes = Array(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.starts(with: "ms-qrpin:".utf8) ? .malformed(.userPrincipalName) : .notABadge
        }
        return parse(text)
    }
}
