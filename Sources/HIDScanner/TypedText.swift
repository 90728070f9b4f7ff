import InputDevice

/// Turns the strokes of a scanner that is a keyboard into the bytes that it types.
///
/// - A character is typed as on a keyboard of the layout, with Shift, and with AltGr or Ctrl and Alt.
/// - Alt with a number on the number pad is that character, whatever the layout is: up to 255 a byte, above that of Unicode.
/// - Ctrl with a letter is a control character.
/// - A key that types nothing in the layout is SUB, "in the place of a character that has been found to be invalid or in error" (ECMA-48,
///   §8.3.148): no badge holds it.
struct TypedText: Sendable {
    /// What stands for a character that is lost.
    static let substitute: UInt8 = 0x1A

    private let layout: KeyboardLayout
    private var held: Set<UInt16> = []
    private var isCapsLocked = false
    /// The number that is typed while Alt is held.
    private var number: UInt32?

    init(layout: KeyboardLayout) { self.layout = layout }

    mutating func take(_ stroke: KeyStroke) -> [UInt8] {
        guard stroke.isDown else {
            held.remove(stroke.code)
            return Self.alts.contains(stroke.code) ? endNumber() : []
        }
        guard held.insert(stroke.code).inserted else { return [] }
        if stroke.code == Self.capsLock { isCapsLocked.toggle() }
        if Self.silent.contains(stroke.code) { return [] }
        let (hasAlt, hasControl) = (held.contains(Self.alt), !held.isDisjoint(with: Self.controls))
        if hasAlt, !hasControl {
            guard let digit = Self.numberPad[stroke.code] else { return [Self.substitute] }
            number = min((number ?? 0) * 10 + digit, 0x11_0000)
            return []
        }
        return bytes(stroke.code, hasAltGr: held.contains(Self.altGr) || hasAlt, hasControl: hasControl && !hasAlt)
    }

    /// Strokes were lost; these keys are down now.
    mutating func resume(held: Set<UInt16>) -> [UInt8] {
        (self.held, number) = (held, nil)
        return [Self.substitute]
    }

    private func bytes(_ code: UInt16, hasAltGr: Bool, hasControl: Bool) -> [UInt8] {
        var text = layout.text(of: code, hasShift: !held.isDisjoint(with: Self.shifts), hasAltGr: hasAltGr)
        if isCapsLocked, text.count == 1 { text = text.lowercased() == text ? text.uppercased() : text.lowercased() }
        guard !text.isEmpty else { return [Self.substitute] }
        let bytes = Array(text.utf8)
        guard hasControl else { return bytes }
        // @ to DEL, of which 0 to 31 are what Ctrl makes (ECMA-48 §5.2).
        return bytes.count == 1 && (0x40...0x7F).contains(bytes[0]) ? [bytes[0] & 0x1F] : [Self.substitute]
    }

    private mutating func endNumber() -> [UInt8] {
        defer { number = nil }
        guard let number else { return [] }
        if let byte = UInt8(exactly: number) { return [byte] }
        return UnicodeScalar(number).map { Array(String($0).utf8) } ?? [Self.substitute]
    }

    // linux/input-event-codes.h.
    private static let capsLock: UInt16 = 58
    private static let alt: UInt16 = 56
    private static let altGr: UInt16 = 100
    private static let alts: Set<UInt16> = [alt, altGr]
    private static let shifts: Set<UInt16> = [42, 54]
    private static let controls: Set<UInt16> = [29, 97]
    /// With the logo keys, Caps, Num and Scroll Lock.
    private static let silent: Set<UInt16> = alts.union(shifts).union(controls).union([125, 126, capsLock, 69, 70])
    private static let numberPad: [UInt16: UInt32] = [71: 7, 72: 8, 73: 9, 75: 4, 76: 5, 77: 6, 79: 1, 80: 2, 81: 3, 82: 0]
}
