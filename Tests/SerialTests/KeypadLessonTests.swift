import SerialLine
import Testing
import Verifier

@testable import SerialKeypad

/// A keypad as its maker describes it: what it sends for a character.
struct Maker: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let format: KeypadProfile.Format
    var checksum = FrameKeyDecoder.Checksum.none
    var framing = "8N1"
    let send: @Sendable (String) -> [UInt8]

    static let all = [
        Maker(testDescription: "plain", format: .ascii) { Array($0.utf8) },
        Maker(testDescription: "plain, 7E1", format: .ascii, framing: "7E1") { $0.utf8.map { parity($0, isEven: true) } },
        Maker(testDescription: "plain, 7O1", format: .ascii, framing: "7O1") { $0.utf8.map { parity($0, isEven: false) } },
        Maker(testDescription: "plain, 7N2", format: .ascii, framing: "7N2") { $0.utf8.map { $0 | 0x80 } },
        Maker(testDescription: "frames", format: .frames) { frame($0) },
        Maker(testDescription: "frames with exclusive or", format: .frames, checksum: .lrc) {
            frame($0) + [$0.utf8.reduce(3, ^)]
        },
        Maker(testDescription: "frames with a sum", format: .frames, checksum: .sum) { frame($0) + [$0.utf8.reduce(3, &+)] },
        Maker(testDescription: "frames, 7E1", format: .frames, checksum: .lrc, framing: "7E1") {
            (frame($0) + [$0.utf8.reduce(3, ^)]).map { parity($0, isEven: true) }
        },
        Maker(testDescription: "VT100", format: .vt) { text in
            text.utf8.flatMap { KeyMap.digits.contains($0) ? [0x1B, 0x4F, $0 + 0x40] : [$0] }
        },
        Maker(testDescription: "Wiegand, 4 bits", format: .wiegand4) { $0.utf8.map(nibble) },
        Maker(testDescription: "Wiegand, 8 bits", format: .wiegand8) { $0.utf8.map { ~nibble($0) << 4 | nibble($0) } },
    ]

    private static func frame(_ text: String) -> [UInt8] { [2] + text.utf8 + [3] }
    private static func nibble(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "*") ? 10 : byte == UInt8(ascii: "#") ? 11 : byte & 15
    }
    private static func parity(_ byte: UInt8, isEven: Bool) -> UInt8 {
        byte.nonzeroBitCount.isMultiple(of: 2) == isEven ? byte : byte | 0x80
    }
}

@Suite struct KeypadLessonTests {
    @Test(arguments: Maker.all) func `a keypad is found by what it sends`(maker: Maker) throws {
        var lesson = KeypadLesson()
        for digit in UInt8(0)...9 { lesson.take(maker.send("\(digit)"), forDigits: [.digit(digit)]) }
        lesson.take(maker.send("#"), for: .enter)
        lesson.take(maker.send("*"), for: .clear)
        let (framing, profile) = try lesson.conclusion()
        #expect(profile.format == maker.format && profile.checksum == maker.checksum && framing.description == maker.framing)
        #expect(profile.keys.bytes(of: .enter) == Array("#".utf8) && profile.keys.bytes(of: .clear) == Array("*".utf8))
        #expect(profile.keys.bytes(of: .cancel) == [])
        #expect(
            KeypadLesson.format(ofOnes: ["1", "#", "1"].map(maker.send), framing: SerialFraming()) == maker.format)
    }

    @Test func `a keypad that sends lines is found by one line`() throws {
        var lesson = KeypadLesson()
        lesson.take([2] + Array("0123456789".utf8) + [3], forDigits: (0...9).map(Key.digit) + [.enter])
        lesson.take([2, 0x43, 3], for: .cancel)
        let profile = try lesson.conclusion().profile
        #expect(profile.format == .lines && profile.keys.bytes(of: .cancel) == [0x43])
        #expect(KeypadLesson.format(ofOnes: [[2, 0x31, 3], [2, 0x31, 3]], framing: SerialFraming()) == .lines)
    }

    @Test func `CR LF is one enter, and PF4 is cancel without being told`() throws {
        var plain = KeypadLesson()
        plain.take([0x35], forDigits: [.digit(5)])
        plain.take([0x0D, 0x0A], for: .enter)
        #expect(try plain.conclusion().profile.keys.bytes(of: .enter) == [0x0A, 0x0D])
        var terminal = KeypadLesson()
        terminal.take([0x1B, 0x4F, 0x75], forDigits: [.digit(5)])
        terminal.take([0x1B, 0x4F, 0x53], for: .cancel)
        #expect(try terminal.conclusion().profile.keys.bytes(of: .cancel) == [])
    }

    @Test func `what is not understood is said with the bytes`() {
        var nonsense = KeypadLesson()
        nonsense.take([0xFE, 0x13], forDigits: [.digit(1)])
        #expect(throws: KeypadLessonError.digits(["0xFE,0x13"])) { try nonsense.conclusion() }
        var same = KeypadLesson()
        same.take([0x31], forDigits: [.digit(1)])
        same.take([0x23], for: .enter)
        same.take([0x23], for: .cancel)
        #expect(throws: KeypadLessonError.names(KeyMapError(byte: 0x23, problem: .twice))) { try same.conclusion() }
        var long = KeypadLesson()
        long.take([0x31], forDigits: [.digit(1)])
        long.take([0x41, 0x42], for: .clear)
        #expect(throws: KeypadLessonError.key(.clear, "A,B")) { try long.conclusion() }
    }

    @Test func `garbage of a wrong speed is not the key 1`() {
        #expect(KeypadLesson.format(ofOnes: [[0xE6], [0x80, 0xFE], [0xE6], [0x80, 0xFE]], framing: SerialFraming()) == nil)
        #expect(KeypadLesson.format(ofOnes: [[0x31]], framing: SerialFraming()) == nil)
    }
}
