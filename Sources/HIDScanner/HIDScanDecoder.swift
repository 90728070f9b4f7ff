import InputDevice
public import SerialScanner

/// Turns the strokes of a scanner that is a keyboard into codes, whichever of some layouts it types for.
///
/// A scanner types for the layout of the computer that it believes to be at, which is a setting of the scanner. Each code is read in every layout
/// at once, and the first one in which it looks most like a badge is right: `ms-qrpin:v1|`, and the `@` of a name, have letters and
/// signs that lie elsewhere in most layouts, and where they do not, so does nothing else that counts. What is a badge in none of them is taken in
/// the first one.
public struct HIDScanDecoder: Sendable {
    private struct Reading: Sendable {
        var typed: TypedText
        var scan: ScanDecoder
    }

    private let framing: ScanFraming
    private var readings: [Reading]
    /// Strokes of what ends next were lost.
    private var isDamaged = false

    /// With at least one layout.
    public init(_ framing: ScanFraming = ScanFraming(), layouts: [KeyboardLayout]) {
        self.framing = framing
        readings = layouts.map { Reading(typed: TypedText(layout: $0), scan: ScanDecoder(framing)) }
    }

    /// Time is uptime: when the stroke was read.
    public mutating func take(code: UInt16, isDown: Bool, at now: Duration) -> [ScanDecoder.Scan] {
        let stroke = KeyStroke(code: code, isDown: isDown)
        return read(at: now) { $0.take(stroke) }
    }

    /// Strokes were lost; these keys are down now. The code that they belong to is none when it ends.
    public mutating func resume(held: Set<UInt16>, at now: Duration) -> [ScanDecoder.Scan] {
        let before = read(at: now) { $0.resume(held: held) }
        isDamaged = true
        return before
    }

    /// What is over because nothing more came.
    public mutating func pause(at now: Duration) -> [ScanDecoder.Scan] {
        choose(readings.indices.map { readings[$0].scan.pause(at: now) })
    }

    private mutating func read(at now: Duration, _ typed: (inout TypedText) -> [UInt8]) -> [ScanDecoder.Scan] {
        choose(
            readings.indices.map { index in
                var scans: [ScanDecoder.Scan] = []
                for byte in typed(&readings[index].typed) { scans += readings[index].scan.decode(byte, at: now) }
                return scans
            })
    }

    /// What one reading heard.
    private mutating func choose(_ heard: [[ScanDecoder.Scan]]) -> [ScanDecoder.Scan] {
        let upright = heard.map { $0.map(Self.upright) }
        let likeness = upright.map { $0.map(Self.likeness).max() ?? 0 }
        let chosen = upright[likeness.firstIndex(of: likeness.max() ?? 0) ?? 0]
        guard !chosen.isEmpty else { return [] }
        for index in readings.indices { readings[index].scan = ScanDecoder(framing) }
        guard isDamaged else { return chosen }
        isDamaged = false
        // It is refused as what it is, so that the person tries again.
        return [.code(ScannedCode([TypedText.substitute]))]
    }

    /// A scanner whose Caps Lock was the other way types capitals for small letters, and small ones for capitals.
    private static func upright(_ scan: ScanDecoder.Scan) -> ScanDecoder.Scan {
        guard case .code(let code) = scan, code.text.hasPrefix("MS-QRPIN:") else { return scan }
        return .code(
            ScannedCode(
                code.text.utf8.map { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): byte ^ 0x20
                    default: byte
                    }
                }))
    }

    /// How much a scan is like a badge.
    private static func likeness(_ scan: ScanDecoder.Scan) -> Int {
        guard case .code(let code) = scan, code.text.hasPrefix("ms-qrpin:") else { return 0 }
        return code.text.hasPrefix("ms-qrpin:v1|") ? code.text.contains("@") ? 3 : 2 : 1
    }
}
