import Foundation
import SerialLine
import Testing

@testable import SerialScanner

/// A line of `Fixtures/scans.txt`.
struct ScanRecording: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let framing: ScanFraming
    let reads: [[UInt8]]
    /// Each one's identifier and text.
    let codes: [String]

    init?(_ line: Substring) {
        let parts = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.split(separator: " ").map(String.init) }
        guard parts.count == 4, let prefix = parts[0].first, let suffix = parts[1].first else { return nil }
        var framing = ScanFraming()
        (framing.prefix, framing.suffix) = (Self.bytes(prefix), Self.bytes(suffix))
        self.framing = framing
        (testDescription, reads, codes) = (String(line), parts[2].map(Self.bytes), parts[3])
    }

    static let all: [ScanRecording] = {
        guard let file = Bundle.module.url(forResource: "Fixtures/scans", withExtension: "txt"),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap(ScanRecording.init)
    }()

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}

@Suite struct ScanDecoderTests {
    @Test func `there are six recordings`() { #expect(ScanRecording.all.count == 6) }

    @Test(arguments: ScanRecording.all) func `recorded bytes are the codes that were scanned`(_ recording: ScanRecording) {
        var decoder = ScanDecoder(recording.framing)
        var (scans, now): ([ScanDecoder.Scan], Duration) = ([], .zero)
        for read in recording.reads {
            for byte in read { scans += decoder.decode(byte, at: now) }
            now += .milliseconds(40)
        }
        scans += decoder.pause(at: now + .seconds(2))
        let heard = scans.flatMap { scan in
            if case .code(let code) = scan { [code.identifier.map { "\($0)" } ?? "none", code.text] } else { ["incomplete"] }
        }
        #expect(heard == recording.codes)
    }

    private func scans(_ sent: [UInt8], _ framing: ScanFraming = ScanFraming(), apart: Duration = .milliseconds(1))
        -> [ScanDecoder.Scan]
    {
        var decoder = ScanDecoder(framing)
        var now = Duration.zero
        var scans: [ScanDecoder.Scan] = []
        for byte in sent {
            scans += decoder.decode(byte, at: now)
            now += apart
        }
        return scans + decoder.pause(at: now + .seconds(2))
    }

    private func texts(_ sent: [UInt8], prefix: [UInt8] = [], suffix: [UInt8] = [0x0D]) -> [String] {
        var framing = ScanFraming()
        (framing.prefix, framing.suffix) = (prefix, suffix)
        return scans(sent, framing).map { if case .code(let code) = $0 { code.text } else { "incomplete" } }
    }

    private static let badge = "ms-qrpin:v1|ada@example.com|3f2504e0-4f89-41d3-9a0c-0305e82c3301|AAAAAAAAAAAAAAAAAAAAAA"

    /// Prefix and suffix as scanners have them from the factory, or as their manuals' examples set them.
    @Test(
        arguments: [
            ("\(badge)\r", [], [0x0D]), ("\(badge)\r\n", [], [0x0D]), ("\(badge)\r\n", [], [0x0D, 0x0A]),
            ("]Q1\(badge)\r", [], [0x0D]),
            ("\u{2}]Q1\(badge)\u{3}", [0x02], [0x03]), ("]Q1\u{2}\(badge)\u{3}", [0x02], [0x03]),
            ("\u{2}\(badge)\t", [0x02], [0x09]),
            ("]Q1\(badge)", [], []), ("]d1\(badge)\r", [], [0x0D]), ("\(badge)\r", [0x02], [0x0D]),
        ] as [(String, [UInt8], [UInt8])])
    func `a badge is what is left without prefix, identifier and suffix`(sent: String, prefix: [UInt8], suffix: [UInt8]) {
        #expect(texts(Array(sent.utf8), prefix: prefix, suffix: suffix) == [Self.badge])
        // And so is the next one.
        #expect(texts(Array((sent + sent).utf8), prefix: prefix, suffix: suffix).count == (suffix.isEmpty ? 1 : 2))
    }

    @Test func `without a suffix a pause parts two codes`() {
        var framing = ScanFraming()
        framing.suffix = []
        var decoder = ScanDecoder(framing)
        var scans = Array("one".utf8).flatMap { decoder.decode($0, at: .zero) }
        scans += Array("two".utf8).flatMap { decoder.decode($0, at: .milliseconds(400)) } + decoder.pause(at: .seconds(1))
        #expect(scans == [.code(ScannedCode(Array("one".utf8))), .code(ScannedCode(Array("two".utf8)))])
    }

    @Test func `empty lines are no codes`() { #expect(texts([0x0D, 0x0A, 0x0D, 0x0A, 0x0D]).isEmpty) }

    @Test func `a code that breaks off is told, and the next one is whole`() {
        var decoder = ScanDecoder()
        var scans = Array("ms-qrpin:v1|ad".utf8).flatMap { decoder.decode($0, at: .zero) } + decoder.pause(at: .seconds(2))
        scans += Array("ok\r".utf8).flatMap { decoder.decode($0, at: .seconds(3)) }
        #expect(scans == [.incomplete(count: 14), .code(ScannedCode(Array("ok".utf8)))])
    }

    @Test func `what is longer than any symbol is one loss, however it ends`() {
        let flood = [UInt8](repeating: 0x41, count: 100_000)
        #expect(
            scans(flood + [0x0D] + Array("ok\r".utf8), apart: .zero) == [
                .incomplete(count: 100_001), .code(ScannedCode(Array("ok".utf8))),
            ])
        var framing = ScanFraming()
        framing.suffix = []
        #expect(scans(flood, framing, apart: .zero) == [.incomplete(count: 100_000)])
    }

    @Test func `a code as long as a QR Code can be is read`() {
        // ISO/IEC 18004, table 7: 2,953 bytes at version 40-L.
        let text = String(repeating: "x", count: 2953)
        #expect(texts(Array((text + "\r").utf8)) == [text])
    }
}

@Suite struct ScannedCodeTests {
    @Test(arguments: [("]Q1a", "]Q1"), ("]d2a", "]d2"), ("]C0", "]C0"), ("]zA", "]zA")])
    func `an identifier is a bracket, a letter and a modifier`(text: String, identifier: String) {
        #expect(ScannedCode(Array(text.utf8)).identifier?.description == identifier)
    }

    @Test(arguments: ["]Q", "]1Q", "Q1]", "]Q|", "", "]"]) func `what only looks like one belongs to the text`(text: String) {
        let code = ScannedCode(Array(text.utf8))
        #expect(code.identifier == nil)
        #expect(code.text == text)
    }

    /// ISO/IEC 18004: with the modifiers 2, 4 and 6 a backslash is doubled, and `\000026` says that UTF-8 follows.
    @Test(arguments: [
        (#"]Q2\000026a\\b"#, #"a\b"#), (#"]Q1\000026a\\b"#, #"\000026a\\b"#), (#"]Q4\00002"#, #"\00002"#), (#"]Q6a\"#, #"a\"#),
        (#"]Q2\\000026"#, #"\000026"#),
    ])
    func `designators of character sets are no text`(sent: String, text: String) {
        #expect(ScannedCode(Array(sent.utf8)).text == text)
    }

    @Test func `a name in UTF-8 and one in ISO 8859-1 are the same`() {
        #expect(ScannedCode(Array("j\u{F6}rg".utf8)).text == "j\u{F6}rg")
        #expect(ScannedCode([0x6A, 0xF6, 0x72, 0x67]).text == "j\u{F6}rg")
    }

    @Test func `it prints without its text`() {
        let code = ScannedCode(Array("]Q1secret".utf8))
        var dumped = ""
        dump(code, to: &dumped)
        for printed in ["\(code)", String(reflecting: code), dumped, "\(ScanDecoder.Scan.code(code))"] {
            #expect(!printed.contains("secret"))
        }
    }
}

@Suite struct ScannerLessonTests {
    @Test(
        arguments: [
            ("qrpin reader\r", "", "CR", nil), ("]Q1qrpin reader\r\n", "", "CR,LF", "]Q1"),
            ("\u{2}]Q1qrpin reader\u{3}", "STX", "ETX", "]Q1"),
            ("]Q1\u{2}qrpin reader", "STX", "", "]Q1"), ("AB qrpin reader\t", "A,B,SP", "TAB", nil),
        ] as [(String, String, String, String?)])
    func `what is around the text twice is prefix and suffix`(sent: String, prefix: String, suffix: String, identifier: String?)
        throws
    {
        var lesson = ScannerLesson(text: "qrpin reader")
        #expect(lesson.take(Array(sent.utf8)) == nil)
        let again = lesson.take(Array(sent.utf8))
        let found = try #require(again)
        #expect(ByteName.text(found.framing.prefix) == prefix)
        #expect(ByteName.text(found.framing.suffix) == suffix)
        #expect(found.identifier?.description == identifier)
        #expect(found.line == SerialFraming())
    }

    @Test func `an answer to a command before the text is no part of the prefix`() throws {
        var lesson = ScannerLesson(text: "qrpin reader")
        #expect(lesson.take(Array("\u{6}\u{2}qrpin reader\r".utf8)) == nil)
        let again = lesson.take(Array("\u{2}qrpin reader\r".utf8))
        let found = try #require(again)
        #expect(ByteName.text(found.framing.prefix) == "STX")
    }

    @Test(arguments: [(0, "7E1"), (1, "7O1")]) func `seven bits and a parity are heard with eight`(odd: Int, framing: String) {
        let sent = "]Q1qrpin reader\r".utf8.map { $0 | UInt8(($0.nonzeroBitCount + odd) % 2) << 7 }
        var lesson = ScannerLesson(text: "qrpin reader")
        _ = lesson.take(sent)
        #expect(lesson.take(sent)?.line.description == framing)
    }

    @Test func `two scans that came together, and garbage, teach nothing`() {
        var lesson = ScannerLesson(text: "ab")
        for sent in ["ab\rab\r", "ab\rab\r", "zz\r", "zz\r"] { #expect(lesson.take(Array(sent.utf8)) == nil) }
    }
}
