public import Verifier

/// Turns the bytes of a plain ASCII keypad into keys.
///
/// | byte | key |
/// |---|---|
/// | `0`…`9` | digit |
/// | CR, LF, `#`; CR LF together once | enter |
/// | BS, DEL, `*` | clear |
/// | ESC, `C`, `c` | cancel |
///
/// Every other byte is noise and gives no key.
public struct ASCIIKeyDecoder: Sendable {
    private var lastWasCarriageReturn = false

    public init() {}

    public mutating func decode(_ byte: UInt8) -> Key? {
        defer { lastWasCarriageReturn = byte == 0x0D }
        return switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit(byte - UInt8(ascii: "0"))
        case 0x0A: lastWasCarriageReturn ? nil : .enter
        case 0x0D, UInt8(ascii: "#"): .enter
        case 0x08, 0x7F, UInt8(ascii: "*"): .clear
        case 0x1B, UInt8(ascii: "C"), UInt8(ascii: "c"): .cancel
        default: nil
        }
    }
}
