import Crypto
import FoundationEssentials

/// A one-time code by which a kiosk becomes known to the service: 100 random bits as 20 characters that a person can type.
///
/// The characters are Crockford's Base32, in four groups of five. Any case is read, hyphens and spaces are passed over, O is read as
/// 0, I and L as 1. It prints as `redacted`; ``text`` is for the one who asked for it.
public struct EnrolmentCode: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private let characters: String

    public static func random() -> EnrolmentCode {
        var generator = SystemRandomNumberGenerator()
        return EnrolmentCode(characters: String((0..<20).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] }))
    }

    private init(characters: String) { self.characters = characters }

    /// Nil unless `text` holds 20 characters of the alphabet.
    public init?(_ text: String) {
        let read = text.uppercased().filter { $0 != "-" && $0 != " " }.map { $0 == "O" ? "0" : $0 == "I" || $0 == "L" ? "1" : $0 }
        guard read.count == 20, read.allSatisfy(Self.alphabet.contains) else { return nil }
        characters = String(read)
    }

    /// As it is shown, such as `8M3KD-Q0YHT-VZ5XA-1C7PE`.
    public var text: String {
        stride(from: 0, to: 20, by: 5).map { String(characters.dropFirst($0).prefix(5)) }.joined(separator: "-")
    }

    /// The 32 bytes of its SHA-256, by which the service knows it. 100 random bits need no slower hash.
    public var hash: [UInt8] { Array(SHA256.hash(data: Data(characters.utf8))) }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
