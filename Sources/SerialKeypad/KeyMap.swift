public import Verifier

/// Which byte is which key. `0`…`9` are always the digits; every other byte that is not named is noise.
public struct KeyMap: Hashable, Sendable {
    private let keys: [UInt8: Key]

    /// | byte | key |
    /// |---|---|
    /// | CR, LF, `#` | enter |
    /// | BS, DEL | correct |
    /// | `*` | clear |
    /// | ESC, `C`, `c` | cancel |
    public static let standard = KeyMap(
        checked: [
            (.enter, [0x0D, 0x0A, UInt8(ascii: "#")]), (.correct, [0x08, 0x7F]), (.clear, [UInt8(ascii: "*")]),
            (.cancel, [0x1B, UInt8(ascii: "C"), UInt8(ascii: "c")]),
        ])

    static let digitsOnly = KeyMap(checked: [])

    /// Throws when a byte is a digit, or is named twice.
    public init(enter: [UInt8], correct: [UInt8], clear: [UInt8], cancel: [UInt8]) throws(KeyNameError) {
        let all = enter + correct + clear + cancel
        for (index, byte) in all.enumerated() {
            if Self.digits.contains(byte) { throw KeyNameError(part: KeyName.text(byte), problem: .digit) }
            if all[..<index].contains(byte) { throw KeyNameError(part: KeyName.text(byte), problem: .twice) }
        }
        self.init(checked: [(.enter, enter), (.correct, correct), (.clear, clear), (.cancel, cancel)])
    }

    private init(checked: [(Key, [UInt8])]) {
        var keys: [UInt8: Key] = [:]
        for byte in Self.digits { keys[byte] = .digit(byte - UInt8(ascii: "0")) }
        for (key, bytes) in checked { for byte in bytes { keys[byte] = key } }
        self.keys = keys
    }

    static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    public subscript(byte: UInt8) -> Key? { keys[byte] }

    /// The bytes of a key, in order.
    public func bytes(of key: Key) -> [UInt8] { keys.filter { $0.value == key }.keys.sorted() }
}

/// Bytes as people write them: `CR,#,0x7F`.
public enum KeyName {
    /// Of the control characters those that keypads send (ECMA-48).
    private static let names: [(String, UInt8)] = [
        ("BS", 0x08), ("TAB", 0x09), ("LF", 0x0A), ("CR", 0x0D), ("ESC", 0x1B), ("SP", 0x20), ("DEL", 0x7F), ("COMMA", 0x2C),
    ]

    /// Names, printable ASCII characters, or `0x00` to `0xFF`, separated by commas. None for an empty text.
    public static func bytes(_ text: String) throws(KeyNameError) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in text.split(separator: ",") {
            guard let byte = byte(part) else { throw KeyNameError(part: String(part), problem: .unknown) }
            bytes.append(byte)
        }
        return bytes
    }

    private static func byte(_ part: Substring) -> UInt8? {
        if let (_, byte) = names.first(where: { $0.0 == part.uppercased() }) { return byte }
        if part.hasPrefix("0x"), part.utf8.count == 4 { return UInt8(part.dropFirst(2), radix: 16) }
        guard part.utf8.count == 1, let byte = part.utf8.first, (0x21...0x7E).contains(byte) else { return nil }
        return byte
    }

    public static func text(_ byte: UInt8) -> String {
        if let (name, _) = names.first(where: { $0.1 == byte }) { return name }
        if (0x21...0x7E).contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count == 1 ? "0" : "") + digits
    }

    public static func text(_ bytes: [UInt8]) -> String { bytes.map(text).joined(separator: ",") }
}

/// A byte of a key map that cannot be.
public struct KeyNameError: Error, Hashable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable { case unknown, digit, twice }

    public let part: String
    public let problem: Problem

    public var description: String {
        switch problem {
        case .unknown:
            "\"\(part)\" is no key's byte. Write CR, LF, BS, DEL, ESC, TAB, SP, COMMA, a printable character, or 0x00 to 0xFF."
        case .digit: "\(part) is a digit, so it can be no other key."
        case .twice: "\(part) is named for two keys, or twice. Name it for one."
        }
    }
}
