/// A symbol that a barcode scanner has read. It prints without its text, which may hold a badge's key.
public struct ScannedCode: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nil when the scanner does not say. A badge is one in whatever symbol it is drawn.
    public let identifier: SymbologyIdentifier?
    public let text: String

    /// The data of one symbol, with the identifier before it, if any. What is not UTF-8 is ISO/IEC 8859-1: that is what a QR Code without a
    /// designator holds (ISO/IEC 18004, byte mode), and what many scanners make of those that have one.
    public init(_ bytes: [UInt8]) {
        identifier = SymbologyIdentifier(startOf: bytes)
        var data = bytes.dropFirst(identifier == nil ? 0 : 3)
        if identifier?.hasDesignators == true { data = Self.withoutDesignators(data)[...] }
        text = String(validating: data, as: UTF8.self) ?? String(String.UnicodeScalarView(data.map { UnicodeScalar($0) }))
    }

    /// ISO/IEC 18004, "Extended Channel Interpretation": `\` and six digits are a designator, `\\` is a backslash.
    private static func withoutDesignators(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (plain, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                continue
            }
            let digits = rest.prefix(6)
            if digits.count == 6, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
                rest = rest.dropFirst(6)
            } else {
                plain.append(byte)
                if rest.first == byte { rest = rest.dropFirst() }
            }
        }
        return plain
    }

    public var description: String { "code \(identifier.map { "\($0)" } ?? "of a symbol unknown"), \(text.utf8.count) bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
