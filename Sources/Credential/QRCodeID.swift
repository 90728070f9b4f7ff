import FoundationEssentials

/// The id of a QR code: a GUID, read in any case and written in lower case.
public struct QRCodeID: Hashable, Sendable, CustomStringConvertible {
    let uuid: UUID

    /// Nil unless `text` is a GUID of 36 characters (RFC 9562 §4).
    public init?(_ text: some StringProtocol) {
        guard let uuid = UUID(strict: String(text)) else { return nil }
        self.uuid = uuid
    }

    init(uuid: UUID) { self.uuid = uuid }

    public static func random() -> QRCodeID { QRCodeID(uuid: UUID()) }

    public var description: String { uuid.uuidString.lowercased() }

    /// The GUID's 16 bytes in the order in which they are written.
    var bytes: [UInt8] {
        let u = uuid.uuid
        return [u.0, u.1, u.2, u.3, u.4, u.5, u.6, u.7, u.8, u.9, u.10, u.11, u.12, u.13, u.14, u.15]
    }
}

extension UUID {
    /// Foundation takes hyphens in odd places; RFC 9562 §4 does not, and one id must have one text but for its case.
    init?(strict text: String) {
        self.init(uuidString: text)
        guard uuidString == text.uppercased() else { return nil }
    }
}
