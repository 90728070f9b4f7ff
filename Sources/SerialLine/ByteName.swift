/// Bytes as people write them: `CR,#,0x7F`.
public enum ByteName {
    /// The control characters that keypads and barcode scanners send and are sent (ECMA-48), and what a person can not write as it is.
    private static let names: [(String, UInt8)] = [
        ("STX", 0x02), ("ETX", 0x03), ("EOT", 0x04), ("ACK", 0x06), ("BEL", 0x07), ("BS", 0x08), ("TAB", 0x09), ("LF", 0x0A),
        ("CR", 0x0D), ("NAK", 0x15), ("SYN", 0x16), ("ESC", 0x1B), ("SP", 0x20), ("DEL", 0x7F), ("COMMA", 0x2C),
    ]

    static var all: String { names.map(\.0).joined(separator: ", ") }

    /// Names, printable ASCII characters, or `0x00` to `0xFF`, separated by commas. None for an empty text.
    public static func bytes(_ text: String) throws(ByteNameError) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in text.split(separator: ",") {
            guard let byte = byte(part) else { throw ByteNameError(part: String(part)) }
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

/// A text that names no byte.
public struct ByteNameError: Error, Hashable, CustomStringConvertible {
    public let part: String

    public init(part: String) { self.part = part }

    public var description: String {
        "\"\(part)\" is no byte. Write \(ByteName.all), a printable character, or 0x00 to 0xFF."
    }
}
