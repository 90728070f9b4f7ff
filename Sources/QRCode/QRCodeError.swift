/// Why a symbol cannot be made.
public enum QRCodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A version is 1 to 40 (ISO/IEC 18004 §5.1).
    case version(Int)
    /// A mask pattern is 0 to 7 (ISO/IEC 18004 §7.8.2).
    case mask(Int)
    /// Micro QR's mask pattern is 0 to 3 (ISO/IEC 18004 §7.8.2).
    case microMask(Int)
    /// A version of Micro QR does not have every level (ISO/IEC 18004 Table 7).
    case microLevel(MicroVersion)
    /// A version of Micro QR does not have every mode (ISO/IEC 18004 Table 2), and none has ECI.
    case microMode(MicroVersion, Segment.Mode)
    /// A character that the mode cannot hold (ISO/IEC 18004 §7.3).
    case character(Segment.Mode)
    /// An ECI assignment number is 0 to 999,999 (§7.4.2.1).
    case eci(Int)
    /// Up to 16 symbols, counted from 0 (§8.1).
    case structuredAppend(index: Int, count: Int)
    /// The data are longer than the symbol, or than any symbol of the level; both counts include mode and length.
    case capacity(neededBits: Int, availableBits: Int)

    public var description: String {
        switch self {
        case .version(let number): "version \(number): a QR Code has version 1 to 40."
        case .mask(let number): "mask pattern \(number): choose 0 to 7."
        case .microMask(let mask): "mask pattern \(mask): Micro QR has 0 to 3."
        case .microLevel(let version): "version \(version.name) does not have this level: choose another, or none."
        case .microMode(let version, let mode):
            "version \(version.name) does not have \(mode) mode: choose a higher version, or a QR Code."
        case .character(let mode): "The text has a character that \(mode) mode cannot hold: choose another mode, or none."
        case .eci(let number): "ECI \(number): an assignment number is 0 to 999999."
        case .structuredAppend(let index, let count):
            "structured append \(index) of \(count): a message has 1 to 16 symbols, counted from 0."
        case .capacity(let needed, let available):
            "The text needs \(needed) bits and the symbol holds \(available): shorten it, or choose a lower level or a higher version."
        }
    }
}
