import SerialLine
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

    /// As OSDP numbers them: 0x0D is `#`, 0x7F is `*`, and `A` to `D` are function keys (IEC 60839-11-5, 7.12).
    static let osdp = KeyMap(checked: [(.enter, [0x0D, UInt8(ascii: "#")]), (.clear, [0x7F, UInt8(ascii: "*")])])

    static let digitsOnly = KeyMap(checked: [])

    /// Throws when a byte is a digit, or is named twice.
    public init(enter: [UInt8], correct: [UInt8], clear: [UInt8], cancel: [UInt8]) throws(KeyMapError) {
        let all = enter + correct + clear + cancel
        for (index, byte) in all.enumerated() {
            if Self.digits.contains(byte) { throw KeyMapError(byte: byte, problem: .digit) }
            if all[..<index].contains(byte) { throw KeyMapError(byte: byte, problem: .twice) }
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

/// A byte that a key map cannot have.
public struct KeyMapError: Error, Hashable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable { case digit, twice }

    public let byte: UInt8
    public let problem: Problem

    public var description: String {
        switch problem {
        case .digit: "\(ByteName.text(byte)) is a digit, so it can be no other key."
        case .twice: "\(ByteName.text(byte)) is named for two keys, or twice. Name it for one."
        }
    }
}
