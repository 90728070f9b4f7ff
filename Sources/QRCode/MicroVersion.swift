/// A Micro QR symbol's version; version M1 is 11 modules wide, each further one two more (ISO/IEC 18004 §5.3.1).
public enum MicroVersion: Int, Hashable, Sendable, CaseIterable {
    case m1 = 1
    case m2, m3, m4

    /// As the standard writes it: `M1` to `M4`.
    public var name: String { "M\(rawValue)" }

    /// Modules per side, without the quiet zone.
    public var size: Int { 9 + 2 * rawValue }

    /// The levels that the version has, the lowest first; nil stands for error detection alone.
    public var levels: [ErrorCorrectionLevel?] {
        switch self {
        case .m1: [nil]
        case .m2, .m3: [.low, .medium]
        case .m4: [.low, .medium, .quartile]
        }
    }

    /// Table 7 and Table 9: bits of data, correction codewords and the symbol number of the format information (Table 13).
    func parameters(_ level: ErrorCorrectionLevel?) -> (dataBits: Int, correction: Int, symbolNumber: Int)? {
        switch (self, level) {
        case (.m1, nil): (20, 2, 0)
        case (.m2, .low): (40, 5, 1)
        case (.m2, .medium): (32, 6, 2)
        case (.m3, .low): (84, 6, 3)
        case (.m3, .medium): (68, 8, 4)
        case (.m4, .low): (128, 8, 5)
        case (.m4, .medium): (112, 10, 6)
        case (.m4, .quartile): (80, 14, 7)
        default: nil
        }
    }

    /// Bits of the mode indicator and of the terminator (Table 2).
    var modeBits: Int { rawValue - 1 }
    var terminatorBits: Int { 2 * rawValue + 1 }

    /// Bits of the character count (Table 3); nil when the version does not have the mode.
    func countBits(_ mode: Segment.Mode) -> Int? {
        switch mode {
        case .numeric: rawValue + 2
        case .alphanumeric: rawValue < 2 ? nil : rawValue + 1
        case .byte: rawValue < 3 ? nil : rawValue + 1
        case .kanji: rawValue < 3 ? nil : rawValue
        case .eci: nil
        }
    }

    /// A segment with its header; nil when the version does not have its mode. A count of characters that is too large for its bits
    /// stands for more bits of data than any level has.
    func bitCount(_ segment: Segment) -> Int? { countBits(segment.mode).map { modeBits + $0 + segment.data.count } }
}
