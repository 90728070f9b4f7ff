public import Verifier

/// A keypad that sends what a VT100's or VT220's does: plain characters, and control sequences (ECMA-48 §5.4).
///
/// | sequence | key |
/// |---|---|
/// | SS3 `p`…`y` (VT100, application keypad) | `0`…`9` |
/// | SS3 `M` | enter |
/// | SS3 `P` (PF1), CSI `3~` (Remove) | correct |
/// | SS3 `R` (PF3) | clear |
/// | SS3 `S` (PF4) | cancel |
/// | ESC and then nothing for 100 ms | as the key map says |
///
/// SS3 is ESC `O` or 0x8F, CSI is ESC `[` or 0x9B. Digits inside a sequence are parameters, never keys; a sequence that is not in the
/// table, or breaks off, gives none.
public struct TerminalKeyDecoder: KeyDecoder {
    private enum State {
        case ground, escape, singleShift
        case sequence([UInt8])
    }

    private var plain: ASCIIKeyDecoder
    private var state = State.ground
    private var last = Duration.zero

    public init(map: KeyMap = .standard) { plain = ASCIIKeyDecoder(map: map) }

    /// At 1200 baud a byte takes 9 ms; USB adapters keep bytes back for up to 16.
    private static let patience = Duration.milliseconds(100)
    private static let longest = 16

    public mutating func decode(_ byte: UInt8, at now: Duration) -> [Key] {
        let before = pause(at: now)
        last = now
        return before + next(byte, now)
    }

    public mutating func pause(at now: Duration) -> [Key] {
        guard now - last > Self.patience else { return [] }
        defer { state = .ground }
        if case .escape = state { return plain.decode(0x1B, at: now) }
        return []
    }

    private mutating func next(_ byte: UInt8, _ now: Duration) -> [Key] {
        switch (state, byte) {
        // An escape begins anew wherever it comes (ECMA-48 has none inside a sequence).
        case (_, 0x1B): state = .escape
        case (_, 0x8F), (.escape, UInt8(ascii: "O")): state = .singleShift
        case (_, 0x9B), (.escape, UInt8(ascii: "[")): state = .sequence([])
        case (.ground, _): return plain.decode(byte, at: now)
        case (.escape, _): state = .ground
        case (.singleShift, _):
            state = .ground
            return Self.shifted(byte).map { [$0] } ?? []
        case (.sequence(let bytes), 0x20...0x3F): state = .sequence(Array((bytes + [byte]).suffix(Self.longest)))
        case (.sequence(let bytes), _):
            state = .ground
            if bytes + [byte] == Array("3~".utf8) { return [.correct] }
        }
        return []
    }

    private static func shifted(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "p")...UInt8(ascii: "y"): .digit(byte - UInt8(ascii: "p"))
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "P"): .correct
        case UInt8(ascii: "R"): .clear
        case UInt8(ascii: "S"): .cancel
        default: nil
        }
    }
}
