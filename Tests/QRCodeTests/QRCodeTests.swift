import Foundation
import Testing

@testable import QRCode

struct Vector: Decodable {
    struct Part: Decodable {
        var mode: String?
        var text_b64: Data?
        var eci: Int?

        func segment() throws -> Segment {
            if let eci { return try .eci(eci) }
            let text = try [UInt8](#require(text_b64))
            return switch mode {
            case "numeric": try .numeric(text)
            case "alphanumeric": try .alphanumeric(text)
            case "kanji": try .kanji(String(decoding: text, as: UTF8.self))
            default: .byte(text)
            }
        }
    }

    struct Append: Decodable {
        var index: Int
        var count: Int
        var parity: UInt8
    }

    var id: String
    var kind: String
    var mode: String?
    var text_b64: Data?
    var segments: [Part]?
    var structured_append: Append?
    var version: Int
    var ec: String
    var mask: Int
    var rows: [String]
    var penalty: [Int]
    var auto_mask: [String: Int]

    static let all: [Vector] = {
        // The fixture is part of this target; without it nothing here can be tested.
        let file = Bundle.module.url(forResource: "Fixtures/vectors-open", withExtension: "jsonl")!
        let lines = try! String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return lines.map { try! JSONDecoder().decode(Vector.self, from: Data($0.utf8)) }
    }()

    func symbol(mask: Int?) throws -> Symbol {
        let level = try #require(ErrorCorrectionLevel(rawValue: ec.lowercased()))
        let parts = segments ?? [Part(mode: mode, text_b64: text_b64)]
        return try Symbol(
            segments: parts.map { try $0.segment() },
            structuredAppend: structured_append.map { try StructuredAppend(index: $0.index, count: $0.count, parity: $0.parity) },
            level: level, version: Version(version), mask: mask, boostingLevel: false)
    }
}

extension Symbol {
    /// Hex rows as the vectors write them.
    var rows: [String] {
        (0..<size).map { y in
            stride(from: 0, to: size, by: 4).map { x in
                String((0..<4).reduce(0) { $0 << 1 | (x + $1 < size && self[x + $1, y] ? 1 : 0) }, radix: 16)
            }.joined()
        }
    }
}

@Suite struct VectorTests {
    @Test func `every version and level is among the vectors`() {
        #expect(Vector.all.count == 212 && Set(Vector.all.map { "\($0.version)\($0.ec)" }).count == 160)
    }

    @Test func `each symbol equals the one that independent encoders agree on, module for module`() throws {
        for vector in Vector.all {
            let rows = try vector.symbol(mask: vector.mask).rows
            #expect(zip(rows, vector.rows).allSatisfy { $1.hasPrefix($0) } && rows.count == vector.rows.count, "\(vector.id)")
        }
    }

    @Test func `each symbol's penalties are the vectors', mask by mask`() throws {
        for vector in Vector.all {
            // Under no mask at all, the eight lanes are eight candidates: the columns themselves, masked.
            let symbol = try vector.symbol(mask: 0)
            let template = Template.of(symbol.version)
            let masks = template.masks[symbol.errorCorrectionLevel.index]
            let unmasked = zip(symbol.columns, masks).map { $0 ^ $1[0] }
            let scores = Penalty.scores(unmasked, template, masks)
            #expect(scores.indices.map { Int(scores[$0]) } == vector.penalty, "\(vector.id)")
        }
    }

    @Test(arguments: [
        ("iso-fig1", 6, 6), ("iso-fig29-top", 4, 4), ("iso-annexI", 2, 2), ("iso-fig29-sa1", 0, 0),
        // Figure 29's second symbol has mask 7, which scores two points more than mask 3.
        ("iso-fig29-sa2", 7, 3), ("iso-fig29-sa3", 7, 7), ("iso-fig29-sa4", 3, 3),
    ])
    func `the seven symbols printed in the standard are ours, and six of them have the mask that we choose`(
        id: String, printed: Int, chosen: Int
    ) throws {
        let vector = try #require(Vector.all.first { $0.id == id })
        let rows = try vector.symbol(mask: printed).rows
        #expect(zip(rows, vector.rows).allSatisfy { $1.hasPrefix($0) } && rows.count == vector.rows.count)
        #expect(try vector.symbol(mask: nil).maskPattern == chosen)
    }

    @Test func `the mask chosen is the one of the reading that zint and zxing-cpp share`() throws {
        for vector in Vector.all {
            #expect(try vector.symbol(mask: nil).maskPattern == vector.auto_mask["iso-A"], "\(vector.id)")
        }
    }

    @Test func `eight columns of words score as the plain path does, module by module`() throws {
        for vector in Vector.all where vector.version % 5 == 1 {
            for mask in [0, 3, 6] {
                #expect(try PlainSymbol(vector.symbol(mask: mask)).penalty == vector.penalty[mask], "\(vector.id) mask \(mask)")
            }
        }
    }

    @Test func `runs of rows place the codewords as the plain path does, bit by bit`() throws {
        for number in [1, 2, 6, 7, 11, 12, 21, 27, 28, 32, 40] {
            let version = try Version(number)
            let codewords = (0..<version.totalCodewords).map { UInt8(truncatingIfNeeded: $0 * 167 + $0 / 5) }
            let plain = PlainSymbol(codewords, version, .quartile, mask: number % 8)
            let stream = codewords + [UInt8](repeating: 0, count: Codewords.margin)
            let columns = unsafe stream.withUnsafeBufferPointer {
                unsafe Candidates.best(Template.of(version), .quartile, number % 8, $0).columns
            }
            let words = (version.size + 63) / 64
            for y in 0..<version.size {
                for x in 0..<version.size {
                    let isDark = columns[x * words + y / 64] >> UInt64(y % 64) & 1 == 1
                    #expect(isDark == plain.matrix[x, y], "version \(number), \(x), \(y)")
                }
            }
        }
    }
}

@Suite struct SegmentTests {
    /// Bits of the best segments in a version 1 to 9 symbol, counted by hand from Tables 2, 3 and §7.4.
    @Test(arguments: [
        ("", 0), ("0123456789", 4 + 10 + 34), ("HELLO WORLD", 4 + 9 + 61), ("hello", 4 + 8 + 40),
        // Six digits are worth two switches, 34 + 12 bits against 48; five are not.
        ("aaaaaa123456aaaaaa", (4 + 8 + 48) + (4 + 10 + 20) + (4 + 8 + 48)), ("aaaaaa12345aaaaaa", 4 + 8 + 17 * 8),
        ("aaa123456789", (4 + 8 + 24) + (4 + 10 + 30)),
        ("ABCDE0000000000", (4 + 9 + 28) + (4 + 10 + 34)), ("\u{70B9}\u{8317}", 4 + 8 + 26),
    ])
    func `segments take the fewest bits`(text: String, bits: Int) throws {
        let segments = try Segmentation(text).segments(Version(5))
        #expect(try segments.reduce(0) { try $0 + $1.bitCount(Version(5)) } == bits)
    }

    @Test func `no way to cut a short text takes fewer bits`() throws {
        // Exhaustive: each character in each mode that can hold it; neighbours of one mode are one segment.
        let version = try Version(1)
        for seed in 0..<60 {
            let text = (0..<7).map {
                "a1B2:5"[("a1B2:5".index("a1B2:5".startIndex, offsetBy: (seed * 7 + $0 * $0 * 3 + seed / 5) % 6))]
            }
            let bytes = text.map { $0.asciiValue ?? 0 }
            var best = Int.max
            for choice in 0..<2187 {
                var (rest, modes) = (choice, [Int]())
                for _ in 0..<7 {
                    modes.append(rest % 3)
                    rest /= 3
                }
                guard let segments = try? Self.cut(bytes, modes) else { continue }
                best = min(best, segments.reduce(0) { $0 + $1.bitCount(version) })
            }
            #expect(Segmentation(bytes).segments(version).reduce(0) { $0 + $1.bitCount(version) } == best, "\(text)")
        }
    }

    private static func cut(_ bytes: [UInt8], _ modes: [Int]) throws -> [Segment] {
        var segments: [Segment] = []
        var start = 0
        while start < bytes.count {
            let end = modes[start...].firstIndex { $0 != modes[start] } ?? bytes.count
            let part = Array(bytes[start..<end])
            segments.append(
                modes[start] == 0 ? .byte(part) : modes[start] == 1 ? try .numeric(part) : try .alphanumeric(part))
            start = end
        }
        return segments
    }

    @Test func `characters that a mode cannot hold are refused`() {
        #expect(throws: QRCodeError.character(.numeric)) { try Segment.numeric(Array("12a".utf8)) }
        #expect(throws: QRCodeError.character(.alphanumeric)) { try Segment.alphanumeric(Array("abc".utf8)) }
        #expect(throws: QRCodeError.character(.kanji)) { try Segment.kanji("A") }
        #expect(throws: QRCodeError.eci(1_000_000)) { try Segment.eci(1_000_000) }
        #expect(throws: QRCodeError.structuredAppend(index: 4, count: 4)) {
            try StructuredAppend(index: 4, count: 4, parity: 0)
        }
    }

    /// ISO/IEC 18004 §7.4.6: 0x935F becomes 0xD9F and 0xE4AA 0x1AAA.
    @Test(arguments: [("\u{70B9}", 0xD9F), ("\u{8317}", 0x1AAA)])
    func `kanji are packed as in the standard's example`(text: String, value: Int) throws {
        #expect(try Kanji.value(#require(text.unicodeScalars.first)) == value)
    }
}

@Suite struct SymbolTests {
    @Test(arguments: zip([1, 7, 40], [21, 45, 177]))
    func `a symbol is 17 + 4 × version modules wide`(version: Int, modules: Int) throws {
        #expect(try Version(version).size == modules)
    }

    /// ISO/IEC 18004 Table 7: numeric, alphanumeric and kanji mode.
    @Test(arguments: [
        (1, ErrorCorrectionLevel.low, 41, 25, 10), (10, .medium, 513, 311, 131), (27, .quartile, 1933, 1172, 496),
        (40, .low, 7089, 4296, 1817), (40, .high, 3057, 1852, 784),
    ])
    func `a version holds as many characters as the standard says and not one more`(
        version: Int, level: ErrorCorrectionLevel, digits: Int, characters: Int, kanji: Int
    ) throws {
        func fits(_ segment: Segment) throws -> Bool { try Message(segments: [segment]).fits(Version(version), level) }
        for extra in 0...1 {
            #expect(try fits(.numeric([UInt8](repeating: 49, count: digits + extra))) == (extra == 0))
            #expect(try fits(.alphanumeric([UInt8](repeating: 65, count: characters + extra))) == (extra == 0))
            #expect(try fits(.kanji(String(repeating: "\u{70B9}", count: kanji + extra))) == (extra == 0))
        }
    }

    /// ISO/IEC 18004 Table 7, byte mode.
    @Test(arguments: [
        (1, ErrorCorrectionLevel.low, 17), (1, .high, 7), (5, .low, 106), (10, .low, 271), (10, .medium, 213),
        (27, .quartile, 805),
        (40, .low, 2953), (40, .high, 1273),
    ])
    func `a version holds as many bytes as the standard says and not one more`(
        version: Int, level: ErrorCorrectionLevel, bytes: Int
    ) throws {
        let full = [UInt8](repeating: 97, count: bytes)
        #expect(throws: Never.self) { try Symbol(encoding: full, level: level, version: Version(version), mask: 0) }
        #expect(throws: QRCodeError.self) { try Symbol(encoding: full + [97], level: level, version: Version(version), mask: 0) }
    }

    @Test func `the smallest version is taken, then the highest level it allows`() throws {
        let symbol = try Symbol(encoding: [UInt8](repeating: 97, count: 84))
        #expect(symbol.version.number == 5)
        #expect(symbol.errorCorrectionLevel == .medium)
    }

    @Test func `too much text names both counts`() {
        let error = #expect(throws: QRCodeError.self) { try Symbol(encoding: [UInt8](repeating: 97, count: 2954)) }
        #expect(error == .capacity(neededBits: 23_652, availableBits: 23_648))
    }

    @Test func `versions and masks out of range are refused`() {
        #expect(throws: QRCodeError.version(41)) { try Version(41) }
        #expect(throws: QRCodeError.mask(8)) { try Symbol(encoding: [], mask: 8) }
    }

    @Test func `a raster has whole modules in a light quiet zone`() throws {
        let raster = try Symbol(encoding: [65]).greyRaster(pixelsPerModule: 3)
        #expect(raster.width == 87 && raster.pixels.count == 87 * 87)
        #expect(raster.pixels[..<(12 * 87)].allSatisfy { $0 == 255 })
        #expect(raster.pixels[12 * 87 + 12] == 0)
        #expect(raster.centred(inWidth: 100, height: 90, ground: 9).pixels[0] == 9)
    }

    @Test func `the SVG of a version 10 badge is at most 5300 bytes, with its ground and quiet zone`() throws {
        let text = (0..<270).map { (index: Int) -> UInt8 in 97 + UInt8((index * index * 31 + index) % 26) }
        let svg = try Symbol(encoding: text).svg()
        #expect(svg.utf8.count <= 5_300)
        #expect(svg.contains("viewBox=\"0 0 65 65\""))
    }

    @Test func `a module's size in millimetres gives the SVG its size`() throws {
        // 21 modules and twice 4 of quiet zone at 0.5 mm.
        #expect(try Symbol(encoding: [65]).svg(moduleMillimetres: 0.5).contains(#"width="14.5mm" height="14.5mm""#))
    }

    @Test func `half blocks draw two rows a line, light on dark`() throws {
        let symbol = try Symbol(encoding: [65])
        let lines = symbol.terminalText(quietZone: 2).split(separator: "\n").map(Array.init)
        #expect(lines.count == 13 && lines.allSatisfy { $0.count == 25 })
        for y in 0..<21 {
            for x in 0..<21 {
                let block = lines[(y + 2) / 2][x + 2]
                let isLight = block == "█" || block == (y.isMultiple(of: 2) ? "▀" : "▄")
                #expect(isLight != symbol[x, y])
            }
        }
    }
}
