/// A run of data in one mode (ISO/IEC 18004 §7.4), or a switch of the character set.
public struct Segment: Hashable, Sendable {
    public enum Mode: Hashable, Sendable, CaseIterable {
        case numeric, alphanumeric, byte, kanji
        /// Extended Channel Interpretation (§7.4.2): how the bytes that follow are to be understood.
        case eci
    }

    public let mode: Mode
    /// In characters of the mode; none for ECI.
    public let characterCount: Int
    let data: BitString

    private init(_ mode: Mode, characterCount: Int, _ data: BitString) {
        self.mode = mode
        self.characterCount = characterCount
        self.data = data
    }

    public static func byte(_ bytes: [UInt8]) -> Segment {
        var data = BitString()
        data.append(bytes: bytes)
        return Segment(.byte, characterCount: bytes.count, data)
    }

    /// ASCII digits, three to ten bits (§7.4.3). Throws for anything else.
    public static func numeric(_ digits: [UInt8]) throws(QRCodeError) -> Segment {
        var data = BitString()
        var (group, count) = (0, 0)
        for digit in digits {
            guard (48...57).contains(digit) else { throw .character(.numeric) }
            (group, count) = (group * 10 + Int(digit) - 48, count + 1)
            if count == 3 {
                data.append(group, bits: 10)
                (group, count) = (0, 0)
            }
        }
        if count > 0 { data.append(group, bits: 3 * count + 1) }
        return Segment(.numeric, characterCount: digits.count, data)
    }

    /// Digits, capitals, space and `$%*+-./:`, two to eleven bits (§7.4.4). Throws for anything else.
    public static func alphanumeric(_ characters: [UInt8]) throws(QRCodeError) -> Segment {
        var data = BitString()
        var first: Int?
        for character in characters {
            guard let value = Alphanumeric.value(character) else { throw .character(.alphanumeric) }
            if let pending = first {
                data.append(pending * 45 + value, bits: 11)
                first = nil
            } else {
                first = value
            }
        }
        if let first { data.append(first, bits: 6) }
        return Segment(.alphanumeric, characterCount: characters.count, data)
    }

    /// Characters of JIS X 0208, thirteen bits each (§7.4.6). Throws for anything else.
    public static func kanji(_ text: String) throws(QRCodeError) -> Segment {
        var data = BitString()
        for character in text.unicodeScalars {
            guard let value = Kanji.value(character) else { throw .character(.kanji) }
            data.append(value, bits: 13)
        }
        return Segment(.kanji, characterCount: text.unicodeScalars.count, data)
    }

    /// An assignment number of 0 to 999,999, such as 26 for UTF-8 (§7.4.2.1, Table 4).
    public static func eci(_ assignment: Int) throws(QRCodeError) -> Segment {
        var data = BitString()
        switch assignment {
        case 0...127: data.append(assignment, bits: 8)
        case 128...16_383: data.append(0b10 << 14 | assignment, bits: 16)
        case 16_384...999_999: data.append(0b110 << 21 | assignment, bits: 24)
        default: throw .eci(assignment)
        }
        return Segment(.eci, characterCount: 0, data)
    }

    /// All of it in a symbol of this version: mode indicator, character count and data.
    func bitCount(_ version: Version) -> Int { 4 + mode.countBits(version) + data.count }

    /// The character count has to fit its field.
    func fits(_ version: Version) -> Bool { mode == .eci || characterCount < 1 << mode.countBits(version) }

    func append(to bits: inout BitWriter, _ version: Version) {
        bits.append(mode.indicator, bits: 4)
        bits.append(characterCount, bits: mode.countBits(version))
        bits.append(data)
    }
}

extension Segment.Mode {
    /// Table 2.
    var indicator: Int {
        switch self {
        case .numeric: 0b0001
        case .alphanumeric: 0b0010
        case .byte: 0b0100
        case .kanji: 0b1000
        case .eci: 0b0111
        }
    }

    /// Bits of the character count, for versions 1–9, 10–26 and 27–40 (Table 3).
    func countBits(_ version: Version) -> Int {
        let widths =
            switch self {
            case .numeric: (10, 12, 14)
            case .alphanumeric: (9, 11, 13)
            case .byte: (8, 16, 16)
            case .kanji: (8, 10, 12)
            case .eci: (0, 0, 0)
            }
        return version.number < 10 ? widths.0 : version.number < 27 ? widths.1 : widths.2
    }
}

/// Table 5.
enum Alphanumeric {
    private static let values: [Int?] = {
        var values = [Int?](repeating: nil, count: 256)
        for (value, character) in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8.enumerated() {
            values[Int(character)] = value
        }
        return values
    }()

    static func value(_ character: UInt8) -> Int? { values[Int(character)] }
}
