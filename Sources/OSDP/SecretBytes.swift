/// Bytes that nobody may read over another's shoulder: keys, and what was typed. String, debug, dump and mirror all say `redacted`.
public struct SecretBytes: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The key that a device and its panel share: the Secure Channel Base Key (IEC 60839-11-5, Annex D).
public struct BaseKey: Hashable, Sendable {
    let secret: SecretBytes

    /// SCBK-D: printed in the standard, so it keeps no secret. It is for pairing alone.
    public static let standard = BaseKey(checked: Array(0x30...0x3F))

    public static func random() -> BaseKey {
        var generator = SystemRandomNumberGenerator()
        return BaseKey(checked: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private init(checked bytes: [UInt8]) { secret = SecretBytes(bytes) }

    /// 32 hexadecimal digits. Nil for anything else, and for the standard's key.
    public init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 32, text.allSatisfy(\.isHexDigit) else { return nil }
        var (bytes, rest): ([UInt8], Substring) = ([], Substring(text))
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        guard bytes != Self.standard.secret.bytes else { return nil }
        self.init(checked: bytes)
    }

    /// For the one file that keeps it.
    public var hexadecimal: String {
        secret.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
