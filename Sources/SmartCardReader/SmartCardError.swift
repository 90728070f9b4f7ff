import CPCSC

/// Why cards cannot be read, and what to do about it.
public struct SmartCardError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        case noService, denied, noReader
        /// The card was taken away before all was read, or it does not answer any more.
        case cardLeft
        /// Another program has the card for itself.
        case inUse
        case readerLeft
        /// The reader or pcscd cannot talk to such a card.
        case unknownCard
        /// A PC/SC error of another kind, by its number.
        case other(UInt32)
    }

    public let failure: Failure
    /// The reader's name, where one is concerned.
    public let reader: String?

    init(_ failure: Failure, reader: String? = nil) { (self.failure, self.reader) = (failure, reader) }

    /// What an error of PC/SC's is to us (pcsclite.h).
    init(code: LONG, reader: String? = nil) {
        let code = UInt32(truncatingIfNeeded: code)
        // What broke is the way to the card, or where there is none, that to pcscd.
        let isService = code == cpcsc_communication.rawValue && reader == nil
        self.init(isService ? .noService : Self.failures[code] ?? .other(code), reader: reader)
    }

    private static let failures: [UInt32: Failure] = [
        cpcsc_no_service.rawValue: .noService, cpcsc_service_stopped.rawValue: .noService,
        cpcsc_security_violation.rawValue: .denied, cpcsc_no_readers.rawValue: .noReader,
        cpcsc_sharing_violation.rawValue: .inUse, cpcsc_unknown_reader.rawValue: .readerLeft,
        cpcsc_reader_unavailable.rawValue: .readerLeft, cpcsc_no_smart_card.rawValue: .cardLeft,
        cpcsc_removed_card.rawValue: .cardLeft, cpcsc_reset_card.rawValue: .cardLeft,
        cpcsc_unpowered_card.rawValue: .cardLeft, cpcsc_unresponsive_card.rawValue: .cardLeft,
        cpcsc_not_transacted.rawValue: .cardLeft, cpcsc_communication.rawValue: .cardLeft,
        cpcsc_protocol_mismatch.rawValue: .unknownCard, cpcsc_unsupported_card.rawValue: .unknownCard,
    ]

    public var description: String {
        let place = reader.map { "card reader \($0): " } ?? ""
        return switch failure {
        case .noService: "the smart card service does not answer. Install pcscd and start it: systemctl enable --now pcscd.socket"
        case .denied:
            "pcscd does not let this user at its readers. Allow it by a polkit rule (the guide cards.md), or ask as root."
        case .noReader: "there is no card reader. Plug one in that pcscd knows."
        case .cardLeft: "\(place)the card left before it was read. Hold it there until it is."
        case .inUse: "\(place)another program uses the card. End that program."
        case .readerLeft: "\(place)it was unplugged. Plug it in again."
        case .unknownCard: "\(place)it does not understand this card. Use a card with a badge on it."
        case .other(let code): "\(place)PC/SC error 0x\(String(code, radix: 16)). See the log of pcscd."
        }
    }
}
