/// What an NTAG 424 DNA writes into its NDEF message as it is read, another one each time: who it is and how often it was read, encrypted, and a
/// MAC (NXP AN12196, §3.4).
///
/// It prints as `redacted`: whoever has one that no service has seen yet can use it once in the card's place.
public struct DynamicMessage: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// PICCENCData: 16 bytes.
    public let encryptedPICCData: [UInt8]
    /// SDMMAC: 8 bytes.
    public let mac: [UInt8]

    /// Reads the parameters of AN12196's example: `e=` with 32 hexadecimal digits and `c=` with 16, alone or behind the `?` of a URI,
    /// beside others or not. Nil when one is missing, there twice, or something else.
    public init?(_ text: String) {
        let query = text.utf8.lastIndex(of: UInt8(ascii: "?")).map { text[text.index(after: $0)...] } ?? text[...]
        let parameters = query.split(separator: "&")
        func bytes(_ name: String, _ count: Int) -> [UInt8]? {
            let values = parameters.filter { $0.hasPrefix(name) }.map { $0.dropFirst(name.count) }
            return values.count == 1 ? [UInt8](hexadecimal: values[0], count: count) : nil
        }
        guard let encrypted = bytes("e=", 16), let mac = bytes("c=", 8) else { return nil }
        (encryptedPICCData, self.mac) = (encrypted, mac)
    }

    /// What a card has in these places before it is set up: zeros for it to write over.
    public static let placeholder = "e=" + String(repeating: "0", count: 32) + "&c=" + String(repeating: "0", count: 16)

    /// For ``init(_:)``.
    public var text: String { "e=\(encryptedPICCData.hexadecimal)&c=\(mac.hexadecimal)" }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension [UInt8] {
    /// Nil unless `text` is two digits, of either case, for each of `count` bytes.
    init?(hexadecimal text: some StringProtocol, count: Int) {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard text.utf8.count == 2 * count, digits.count == 2 * count else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    var hexadecimal: String {
        let digits = Array<Character>("0123456789ABCDEF")
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
