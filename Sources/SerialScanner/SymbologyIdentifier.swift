/// What a barcode scanner says of the symbol it read, before its data: `]Q1` for a QR Code (ISO/IEC 15424).
public struct SymbologyIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// A letter, such as `Q` for QR Code, `d` for Data Matrix, `z` for Aztec Code.
    public let code: UInt8
    /// A digit or a letter.
    public let modifier: UInt8

    /// Nil when the bytes do not begin with one.
    public init?(startOf bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(3))
        guard head.count == 3, head[0] == UInt8(ascii: "]"), Self.isLetter(head[1]),
            Self.isLetter(head[2]) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(head[2])
        else { return nil }
        (code, modifier) = (head[1], head[2])
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// Whether backslashes in the data are doubled, and `\000026` and its kin are designators of character sets: the modifiers 2, 4 and 6 of
    /// QR Code (ISO/IEC 18004, annex on symbology identifiers).
    var hasDesignators: Bool { code == UInt8(ascii: "Q") && "246".utf8.contains(modifier) }

    public var description: String { String(decoding: [UInt8(ascii: "]"), code, modifier], as: UTF8.self) }
}
