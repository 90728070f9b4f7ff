/// An answer of a card (ISO/IEC 7816-4, §5.1): data and two status bytes.
struct Response {
    let data: [UInt8]
    let isSuccess: Bool

    /// What has no status bytes is no success.
    init(_ bytes: [UInt8]) {
        isSuccess = bytes.suffix(2).elementsEqual([0x90, 0x00])
        data = Array(bytes.dropLast(2))
    }
}

/// What is on a card that was held to a reader. Every card is one of these; none is an error.
public enum TagReading: Hashable, Sendable {
    case message(NDEFMessage)
    /// Its number is all that it tells, and a number is no secret.
    case identifierOnly
    /// A tag with room for a message, and none on it.
    case empty
    case malformed(Flaw)

    public enum Flaw: Hashable, Sendable {
        /// The capability container, which says where the message is.
        case capabilities
        /// It has no end where it says.
        case message
        case tooLong
    }
}

/// How the writing of a tag ended.
public enum TagWriting: Hashable, Sendable {
    case written
    case notATag, readOnly
    /// `room` is how many bytes the tag holds.
    case tooLong(room: Int)
    /// The tag answered that it did not write.
    case refused
}

/// A card at a reader, as far as it is a tag of the NFC Forum. Type 4, and Type 2 through the commands of PC/SC part 3.
///
/// `transmit` sends a command to the card and gives its answer; what it throws, such as that the card was taken away, is thrown on.
/// However much a card claims to hold, reading it takes no more than 150 commands.
public enum Tag {
    /// Bytes of a message. A badge has at most 512, twice as many in UTF-16, and a record around it; more is no badge.
    static let longest = 2048

    /// `answerToReset` is the card's, as far as it is known: see ``isStorageCard(_:)``.
    public static func read<E: Error>(
        answerToReset: [UInt8] = [], _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> TagReading {
        if !isStorageCard(answerToReset), let reading = try Type4Tag.read(transmit) { return reading }
        return try Type2Tag.read(transmit) ?? .identifierOnly
    }

    /// Whether a reader made this answer up for a card that has none: one with memory alone (PC/SC part 3, §3.1.3.2.3.2). Sent a command of
    /// ISO/IEC 7816-4, some readers lose such a card.
    static func isStorageCard(_ answerToReset: [UInt8]) -> Bool {
        // 3B 8n 80 01, then 80, then an application identifier of 12 bytes that begins with PC/SC's own number.
        answerToReset.count > 12 && answerToReset[4..<12].elementsEqual([0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06])
    }

    /// Writes a message in place of what is there. A tag that is taken away meanwhile holds the old message, none, or the new one.
    public static func write<E: Error>(
        _ message: NDEFMessage, answerToReset: [UInt8] = [], _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> TagWriting {
        if !isStorageCard(answerToReset), let writing = try Type4Tag.write(message.bytes, transmit) { return writing }
        return try Type2Tag.write(message.bytes, transmit) ?? .notATag
    }

    static func reading(_ bytes: [UInt8]) -> TagReading {
        if bytes.isEmpty { return .empty }
        guard let message = NDEFMessage(bytes) else { return .malformed(.message) }
        // An empty record is how a formatted tag says that nothing is on it (NDEF 1.0, §3.2.6).
        return message.records.allSatisfy { $0.format == 0 } ? .empty : .message(message)
    }
}
