public import Verifier

/// Turns the strokes of a keypad that is a keyboard into keys, wherever Num Lock stands. Codes are those of `linux/input-event-codes.h`.
///
/// | key | means |
/// |---|---|
/// | `0`…`9` in the row on top (without Shift), on the number pad, or of a telephone's keypad | a digit |
/// | Enter, on the number pad, too; `#`, also as Shift 3 | enter |
/// | Backspace | take back one digit |
/// | Delete, `*` and `.` of the number pad; `*` of a telephone's, also as Shift 8 | take back all digits |
/// | Esc, `-` of the number pad | cancel |
///
/// All others are noise, and so is everything while Ctrl, Alt or the logo key is held: a digit with them is a digit of no PIN.
public struct KeyCodeDecoder: Sendable {
    private var held: Set<UInt16> = []

    public init() {}

    /// The key that went down, if it is one.
    public mutating func take(code: UInt16, isDown: Bool) -> Key? {
        // A key that is down already cannot go down.
        guard isDown else {
            held.remove(code)
            return nil
        }
        guard held.insert(code).inserted, held.isDisjoint(with: Self.others) else { return nil }
        return held.isDisjoint(with: Self.shifts) ? Self.plain[code] : Self.shifted[code]
    }

    /// Strokes were lost; these keys are down now.
    public mutating func resume(held: Set<UInt16>) { self.held = held }

    /// Left and right.
    private static let shifts: Set<UInt16> = [42, 54]
    /// Ctrl, Alt and the logo keys.
    private static let others: Set<UInt16> = [29, 97, 56, 100, 125, 126]

    private static let shifted: [UInt16: Key] = [4: .enter, 9: .clear, 28: .enter, 96: .enter]

    private static let plain: [UInt16: Key] = {
        var keys: [UInt16: Key] = [
            28: .enter, 96: .enter, 0x20B: .enter, 14: .correct, 111: .clear, 55: .clear, 83: .clear, 0x20A: .clear, 1: .cancel,
            74: .cancel,
        ]
        // KEY_1 to KEY_9 and KEY_0; those of the number pad, in rows from the top; KEY_NUMERIC_0 to KEY_NUMERIC_9.
        for digit in UInt8(1)...9 { keys[UInt16(digit) + 1] = .digit(digit) }
        keys[11] = .digit(0)
        for (code, digit) in zip(
            [71, 72, 73, 75, 76, 77, 79, 80, 81, 82] as [UInt16], [7, 8, 9, 4, 5, 6, 1, 2, 3, 0] as [UInt8])
        {
            keys[code] = .digit(digit)
        }
        for digit in UInt8(0)...9 { keys[0x200 + UInt16(digit)] = .digit(digit) }
        return keys
    }()
}
