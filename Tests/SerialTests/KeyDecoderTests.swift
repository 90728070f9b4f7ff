import Foundation
import SerialKeypad
import SerialLine
import Testing
import Verifier

/// A line of `Fixtures/recordings.txt`.
struct Recording: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let profile: KeypadProfile
    let steps: [Substring]
    let keys: [String]

    init?(_ line: Substring) {
        let parts = line.split(separator: "|").map { $0.split(separator: " ") }
        guard parts.count == 3, parts[0].count == 2, let format = KeypadProfile.Format(rawValue: String(parts[0][0])),
            let checksum = FrameKeyDecoder.Checksum(rawValue: String(parts[0][1]))
        else { return nil }
        var profile = KeypadProfile()
        (profile.format, profile.checksum) = (format, checksum)
        self.profile = profile
        (testDescription, steps, keys) = (String(line), parts[1], parts[2].map(String.init))
    }

    static let all: [Recording] = {
        guard let file = Bundle.module.url(forResource: "Fixtures/recordings", withExtension: "txt"),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap(Recording.init)
    }()

    /// The keys by name, digits as digits; `chunks` is how many bytes arrive at once at most.
    func play(chunks: Int) -> [String] {
        var reader = KeyReader(profile)
        var (now, keys): (Duration, [Key]) = (.zero, [])
        for step in steps {
            if step.hasPrefix("@") {
                now += .milliseconds(Int(step.dropFirst()) ?? 0)
                keys += reader.read([], at: now)
            } else {
                var bytes = Self.bytes(step)[...]
                while !bytes.isEmpty {
                    keys += reader.read(Array(bytes.prefix(chunks)), at: now)
                    bytes = bytes.dropFirst(chunks)
                }
                now += .milliseconds(40)
            }
        }
        return keys.map { if case .digit(let digit) = $0 { "\(digit)" } else { "\($0)" } }
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}

@Suite struct KeyDecoderTests {
    @Test func `there are recordings for every format`() {
        #expect(Set(Recording.all.map(\.profile.format)) == Set(KeypadProfile.Format.allCases))
        #expect(Recording.all.count == 35)
    }

    @Test(arguments: Recording.all)
    func `recorded bytes are the keys that were pressed, however they arrive`(_ recording: Recording) {
        for chunks in [1, 2, 64] { #expect(recording.play(chunks: chunks) == recording.keys) }
    }

    @Test(arguments: KeypadProfile.Format.allCases)
    func `of all bytes alone only the ten that mean digits are digits`(format: KeypadProfile.Format) {
        var profile = KeypadProfile()
        profile.format = format
        let digits = (UInt8.min...UInt8.max).flatMap { byte in
            var reader = KeyReader(profile)
            return reader.read([byte], at: .zero) + reader.read([], at: .seconds(2))
        }.filter { if case .digit = $0 { true } else { false } }
        // Frames hold more than one byte; by value the complements count down.
        let isFramed = format == .frames || format == .lines
        let expected: [UInt8] = isFramed ? [] : format == .wiegand8 ? (0...9).reversed() : Array(0...9)
        #expect(digits == expected.map(Key.digit))
    }

    @Test func `keys may be other bytes`() throws {
        let map = try KeyMap(enter: ByteName.bytes("e,0x80"), correct: [], clear: [], cancel: ByteName.bytes("SP"))
        var profile = KeypadProfile()
        profile.keys = map
        var reader = KeyReader(profile)
        var keys: [Key] = []
        for (index, byte) in [UInt8(ascii: "e"), 0x80, 0x20, 0x0D, 0x31].enumerated() {
            keys += reader.read([byte], at: .milliseconds(40 * index))
        }
        #expect(keys == [.enter, .enter, .cancel, .digit(1)])
    }

    @Test(arguments: [
        ("CR,5", KeyMapError.Problem.digit), ("CR,#,0x0D", .twice),
    ])
    func `bytes that can be no key are named`(text: String, problem: KeyMapError.Problem) {
        let error = #expect(throws: KeyMapError.self) {
            try KeyMap(enter: ByteName.bytes(text), correct: [], clear: [], cancel: [])
        }
        #expect(error?.problem == problem)
    }

    @Test(arguments: ["CRLF", "0xG0", "é"]) func `what names no byte is said`(text: String) {
        #expect(throws: ByteNameError(part: text)) { try ByteName.bytes(text) }
    }

    @Test func `every byte has a name by which it is read again`() throws {
        for byte in UInt8.min...UInt8.max { #expect(try ByteName.bytes(ByteName.text(byte)) == [byte]) }
    }
}

@Suite struct KeyGuardTests {
    @Test func `the same key within 20 ms is a bounce, another key is not`() {
        var keyGuard = KeyGuard()
        #expect(keyGuard.pass([.digit(1)], at: .zero) == [.digit(1)])
        #expect(keyGuard.pass([.digit(1)], at: .milliseconds(19)) == [])
        #expect(keyGuard.pass([.digit(2)], at: .milliseconds(20)) == [.digit(2)])
        #expect(keyGuard.pass([.digit(2)], at: .milliseconds(40)) == [.digit(2)])
        #expect(keyGuard.pass([.digit(2)], at: .milliseconds(40)) == [.digit(2)], "two of one read")
    }

    @Test func `more than 20 keys a second are noise: what was typed is cleared, and nothing counts until it is quiet`() {
        var keyGuard = KeyGuard()
        var keys: [Key] = []
        for index in 0..<200 { keys += keyGuard.pass([.digit(UInt8(index % 10))], at: .milliseconds(5 * index)) }
        #expect(keys == (0..<20).map { .digit(UInt8($0 % 10)) } + [.clear])
        #expect(keyGuard.pass([.digit(1)], at: .milliseconds(995 + 499)) == [])
        #expect(keyGuard.pass([.digit(1)], at: .milliseconds(1494 + 500)) == [.digit(1)])
    }

    @Test func `twenty keys a second are a fast person`() {
        var keyGuard = KeyGuard()
        for index in 0..<200 {
            let key = Key.digit(UInt8(index % 10))
            #expect(keyGuard.pass([key], at: .milliseconds(50 * index)) == [key])
        }
    }
}
