import Foundation
import Testing

@testable import QRCode

struct Vector: Decodable {
    var id: String
    var text: Data
    var version: Int
    var ec: String
    var mask: Int
    var rows: [String]
    var penalty: [Int]
    var autoMask: [String: Int]

    enum CodingKeys: String, CodingKey {
        case id, version, ec, mask, rows, penalty
        case text = "text_b64"
        case autoMask = "auto_mask"
    }

    static let all: [Vector] = {
        // The fixture is part of this target; without it nothing here can be tested.
        let file = Bundle.module.url(forResource: "Fixtures/vectors-byte", withExtension: "jsonl")!
        let lines = try! String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return lines.map { try! JSONDecoder().decode(Vector.self, from: Data($0.utf8)) }
    }()

    func symbol(mask: Int?) throws -> Symbol {
        let level = try #require(ErrorCorrectionLevel(rawValue: ec.lowercased()))
        return try Symbol(encoding: Array(text), level: level, version: Version(version), mask: mask, boostingLevel: false)
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
        #expect(Set(Vector.all.map { "\($0.version)\($0.ec)" }).count == 160)
    }

    @Test func `each symbol equals the one that independent encoders agree on, module for module`() throws {
        for vector in Vector.all {
            let rows = try vector.symbol(mask: vector.mask).rows
            #expect(zip(rows, vector.rows).allSatisfy { $1.hasPrefix($0) } && rows.count == vector.rows.count, "\(vector.id)")
        }
    }

    @Test func `small symbols' penalties are the vectors', mask by mask`() throws {
        for vector in Vector.all where vector.version <= 12 {
            for mask in 0...7 {
                #expect(try vector.symbol(mask: mask).penalty == vector.penalty[mask], "\(vector.id) mask \(mask)")
            }
        }
    }

    @Test func `the mask chosen is the one of the reading that zint and zxing-cpp share`() throws {
        for vector in Vector.all where vector.version <= 20 {
            #expect(try vector.symbol(mask: nil).maskPattern == vector.autoMask["iso-A"], "\(vector.id)")
        }
    }
}

@Suite struct SymbolTests {
    @Test(arguments: zip([1, 7, 40], [21, 45, 177]))
    func `a symbol is 17 + 4 × version modules wide`(version: Int, modules: Int) throws {
        #expect(try Version(version).size == modules)
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
        let full = [UInt8](repeating: 65, count: bytes)
        #expect(throws: Never.self) { try Symbol(encoding: full, level: level, version: Version(version), mask: 0) }
        #expect(throws: QRCodeError.self) { try Symbol(encoding: full + [65], level: level, version: Version(version), mask: 0) }
    }

    @Test func `the smallest version is taken, then the highest level it allows`() throws {
        let symbol = try Symbol(encoding: [UInt8](repeating: 65, count: 84))
        #expect(symbol.version.number == 5)
        #expect(symbol.errorCorrectionLevel == .medium)
    }

    @Test func `too much text names both counts`() {
        let error = #expect(throws: QRCodeError.self) { try Symbol(encoding: [UInt8](repeating: 65, count: 2954)) }
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
}
