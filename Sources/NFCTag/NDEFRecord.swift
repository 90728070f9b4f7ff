/// One record of an NDEF message. It prints without its payload, which may hold a badge's key.
public struct NDEFRecord: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Type name format, 0 to 6 (NFC Forum NDEF 1.0, §3.2.6).
    public let format: UInt8
    public let type: [UInt8]
    public let payload: [UInt8]

    public init(format: UInt8, type: [UInt8], payload: [UInt8]) {
        (self.format, self.type, self.payload) = (format, type, payload)
    }

    /// A Text record in English (NFC Forum Text RTD 1.0, §3.2).
    public static func text(_ text: String) -> NDEFRecord {
        NDEFRecord(format: wellKnown, type: Array("T".utf8), payload: [2] + Array("en".utf8) + Array(text.utf8))
    }

    private static let wellKnown: UInt8 = 1

    /// What a Text or URI record says; nil of other records, and of those that break their rules.
    public var text: String? {
        // URI RTD 1.0, §3.2: only code 0, no abbreviation, can begin what is no web address, mail address or the like.
        isURI && payload.first != 0 ? nil : content
    }

    /// The same, but of a URI that is abbreviated the rest.
    var content: String? {
        guard format == Self.wellKnown, let first = payload.first else { return nil }
        if isURI { return String(validating: Self.unescaped(Array(payload.dropFirst())), as: UTF8.self) }
        return type == Array("T".utf8) ? Self.text(status: first, payload.dropFirst()) : nil
    }

    private var isURI: Bool { type == Array("U".utf8) }

    /// Text RTD 1.0: bit 7 says UTF-16, bits 5 to 0 how long the language is.
    private static func text(status: UInt8, _ rest: ArraySlice<UInt8>) -> String? {
        let language = Int(status & 0x3F)
        guard status & 0x40 == 0, language <= rest.count else { return nil }
        let bytes = Array(rest.dropFirst(language))
        return status & 0x80 == 0 ? String(validating: bytes, as: UTF8.self) : utf16(bytes)
    }

    /// Big-endian where no byte order mark says otherwise (Text RTD 1.0).
    private static func utf16(_ bytes: [UInt8]) -> String? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        var units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        if units.first == 0xFFFE { units = units.map(\.byteSwapped) }
        if units.first == 0xFEFF { units.removeFirst() }
        return String(validating: units, as: UTF16.self)
    }

    /// Percent-encoding undone (RFC 3986, §2.1): `|` must be written so in a URI, though many do not. A `%` without two digits stays.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var (plain, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes[...])
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard byte == UInt8(ascii: "%"), digits.count == 2 else {
                plain.append(byte)
                continue
            }
            plain.append(UInt8(digits[0] << 4 | digits[1]))
            rest = rest.dropFirst(2)
        }
        return plain
    }

    public var description: String { "record of \(payload.count) bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
