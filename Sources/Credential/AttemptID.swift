public import FoundationEssentials

/// The id of one sign-in attempt and of the event it ends in: a UUIDv7, so ids sort by time (RFC 9562 §5.7).
public struct AttemptID: Hashable, Sendable, CustomStringConvertible {
    let uuid: UUID

    /// `random` gives the 74 random bits; the six version and variant bits are overwritten.
    public init(at date: Date, random: UUID) {
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970 * 1000))
        var bytes = random.uuid
        bytes.0 = UInt8(truncatingIfNeeded: milliseconds >> 40)
        bytes.1 = UInt8(truncatingIfNeeded: milliseconds >> 32)
        bytes.2 = UInt8(truncatingIfNeeded: milliseconds >> 24)
        bytes.3 = UInt8(truncatingIfNeeded: milliseconds >> 16)
        bytes.4 = UInt8(truncatingIfNeeded: milliseconds >> 8)
        bytes.5 = UInt8(truncatingIfNeeded: milliseconds)
        bytes.6 = bytes.6 & 0x0F | 0x70
        bytes.8 = bytes.8 & 0x3F | 0x80
        uuid = UUID(uuid: bytes)
    }

    public static func make(at date: Date) -> AttemptID { AttemptID(at: date, random: UUID()) }

    /// The id of the event that ends the session which this attempt began. It has the attempt's random bits, all but one, so the two
    /// events can be matched, and are two even in the same millisecond.
    public func sessionEnd(at date: Date) -> AttemptID {
        var bytes = uuid.uuid
        bytes.15 ^= 1
        return AttemptID(at: date, random: UUID(uuid: bytes))
    }

    /// Nil unless `text` is a UUID of version 7.
    public init?(_ text: String) {
        guard let uuid = UUID(strict: text), uuid.uuid.6 >> 4 == 7 else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.uuidString.lowercased() }
}
