import CQREncode
import CZint
import Testing

@testable import QRCode

/// Our encoder against zint and libqrencode, which share no line with it or with each other, on random payloads.
///
/// Lower-case letters, because zint segments by itself, and they are bytes in every segmentation.
@Suite struct EncoderPeerTests {
    struct Modules: Hashable {
        let size: Int
        let dark: [Bool]

        init(size: Int, isDark: (Int, Int) -> Bool) {
            self.size = size
            dark = (0..<size * size).map { isDark($0 % size, $0 / size) }
        }

        init(_ symbol: Symbol) { self.init(size: symbol.size) { symbol[$0, $1] } }
    }

    private static func zint(_ bytes: [UInt8], _ version: Int, _ level: ErrorCorrectionLevel, mask: Int?) throws -> Modules {
        let symbol = try unsafe #require(ZBarcode_Create())
        defer { unsafe ZBarcode_Delete(symbol) }
        unsafe symbol.pointee.symbology = BARCODE_QRCODE
        unsafe symbol.pointee.input_mode = DATA_MODE
        unsafe symbol.pointee.option_1 = Int32(level.index + 1)
        unsafe symbol.pointee.option_2 = Int32(version)
        unsafe symbol.pointee.option_3 = mask.map { Int32($0 + 1) << 8 } ?? 0
        let status = unsafe ZBarcode_Encode(symbol, bytes, Int32(bytes.count))
        try #require(status == 0, "zint says \(status) to \(bytes.count) bytes in version \(version)")
        return unsafe Modules(size: Int(symbol.pointee.width)) { unsafe czint_is_dark(symbol, Int32($0), Int32($1)) == 1 }
    }

    private static func libqrencode(_ bytes: [UInt8], _ version: Int, _ level: ErrorCorrectionLevel) throws -> Modules {
        let levels = [QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H]
        let code = try unsafe #require(QRcode_encodeData(Int32(bytes.count), bytes, Int32(version), levels[level.index]))
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        return Modules(size: width) { unsafe code.pointee.data[$1 * width + $0] & 1 == 1 }
    }

    private static func payload(_ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        let capacity = version.dataCodewords(level) - 3
        // More than the version before holds is not needed: all three take the version that is asked for.
        return (0..<Int.random(in: 1...capacity)).map { _ in UInt8.random(in: 97...122) }
    }

    @Test(arguments: ErrorCorrectionLevel.allCases)
    func `with each mask, zint draws the same modules, in every version`(level: ErrorCorrectionLevel) throws {
        for number in 1...40 {
            let version = try Version(number)
            for mask in 0...7 {
                let bytes = Self.payload(version, level)
                let ours = try Symbol(segments: [.byte(bytes)], level: level, version: version, mask: mask, boostingLevel: false)
                #expect(try Modules(ours) == Self.zint(bytes, number, level, mask: mask), "version \(number) mask \(mask)")
            }
        }
    }

    @Test(arguments: ErrorCorrectionLevel.allCases)
    func `left to choose, zint takes the same mask, in every version`(level: ErrorCorrectionLevel) throws {
        for number in 1...40 {
            let version = try Version(number)
            for _ in 0..<max(4, 32 / number) {
                let bytes = Self.payload(version, level)
                let ours = try Symbol(segments: [.byte(bytes)], level: level, version: version, boostingLevel: false)
                #expect(try Modules(ours) == Self.zint(bytes, number, level, mask: nil), "version \(number)")
            }
        }
    }

    @Test(arguments: ErrorCorrectionLevel.allCases)
    func `libqrencode's symbol is one of our eight, in every version`(level: ErrorCorrectionLevel) throws {
        for number in 1...40 {
            let version = try Version(number)
            let bytes = Self.payload(version, level)
            let ours = try (0...7).map { mask in
                try Modules(Symbol(segments: [.byte(bytes)], level: level, version: version, mask: mask, boostingLevel: false))
            }
            #expect(try ours.contains(Self.libqrencode(bytes, number, level)), "version \(number)")
        }
    }
}

/// Micro QR against zint and libqrencode, which choose the same mask.
@Suite struct MicroPeerTests {
    typealias Modules = EncoderPeerTests.Modules

    /// As many characters as the version holds at the level, at most (ISO/IEC 18004 Table 7).
    static let capacities: [(MicroVersion, ErrorCorrectionLevel?, digits: Int, characters: Int, bytes: Int)] = [
        (.m1, nil, 5, 0, 0), (.m2, .low, 10, 6, 0), (.m2, .medium, 8, 5, 0), (.m3, .low, 23, 14, 9), (.m3, .medium, 18, 11, 7),
        (.m4, .low, 35, 21, 15), (.m4, .medium, 30, 18, 13), (.m4, .quartile, 21, 13, 9),
    ]

    /// Payloads of one mode each, of every length that fits.
    private static func payloads(_ digits: Int, _ characters: Int, _ bytes: Int) throws -> [(Segment, [UInt8])] {
        var payloads: [(Segment, [UInt8])] = []
        for count in 1...digits {
            let text = (0..<count).map { _ in UInt8.random(in: 48...57) }
            payloads.append((try .numeric(text), text))
        }
        for count in 0..<characters {
            let text = (0...count).map { _ in UInt8.random(in: 65...90) }
            payloads.append((try .alphanumeric(text), text))
        }
        for count in 0..<bytes {
            let text = (0...count).map { _ in UInt8.random(in: 97...122) }
            payloads.append((.byte(text), text))
        }
        return payloads
    }

    private static func zint(_ text: [UInt8], _ version: MicroVersion, _ level: ErrorCorrectionLevel?, mask: Int?) throws
        -> Modules
    {
        let symbol = try unsafe #require(ZBarcode_Create())
        defer { unsafe ZBarcode_Delete(symbol) }
        unsafe symbol.pointee.symbology = BARCODE_MICROQR
        unsafe symbol.pointee.option_1 = Int32((level?.index ?? 0) + 1)
        unsafe symbol.pointee.option_2 = Int32(version.rawValue)
        unsafe symbol.pointee.option_3 = mask.map { Int32($0 + 1) << 8 } ?? 0
        let status = unsafe ZBarcode_Encode(symbol, text, Int32(text.count))
        try #require(status == 0, "zint says \(status) to \(text.count) characters in \(version)")
        return unsafe Modules(size: Int(symbol.pointee.width)) { unsafe czint_is_dark(symbol, Int32($0), Int32($1)) == 1 }
    }

    @Test func `zint draws the same modules with each mask and chooses the same, for every version, level, mode and length`()
        throws
    {
        for (version, level, digits, characters, bytes) in Self.capacities {
            for (segment, text) in try Self.payloads(digits, characters, bytes) {
                for mask in [nil, 0, 1, 2, 3] {
                    let symbol = try MicroSymbol(
                        segments: [segment], level: level, version: version, mask: mask, boostingLevel: false)
                    let modules = Modules(size: symbol.size) { symbol[$0, $1] }
                    #expect(
                        try modules == Self.zint(text, version, level, mask: mask), "\(version) \(text) mask \(mask ?? -1)")
                }
            }
        }
    }

    private static func libqrencode(_ text: [UInt8], _ version: MicroVersion, _ level: ErrorCorrectionLevel?) throws -> Modules {
        let levels = [QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q]
        let string = String(decoding: text, as: UTF8.self)
        let code = try unsafe #require(
            QRcode_encodeStringMQR(string, Int32(version.rawValue), levels[level?.index ?? 0], QR_MODE_8, 1))
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        return Modules(size: width) { unsafe code.pointee.data[$1 * width + $0] & 1 == 1 }
    }

    @Test func `libqrencode draws the same modules, for every version, level, mode and length`() throws {
        for (version, level, digits, characters, bytes) in Self.capacities {
            for (segment, text) in try Self.payloads(digits, characters, bytes) {
                let symbol = try MicroSymbol(segments: [segment], level: level, version: version, boostingLevel: false)
                let modules = Modules(size: symbol.size) { symbol[$0, $1] }
                #expect(try modules == Self.libqrencode(text, version, level), "\(version) \(text)")
            }
        }
    }

    @Test func `one character more than the standard's table does not fit`() throws {
        for (version, level, digits, characters, bytes) in Self.capacities {
            for segment in [
                try Segment.numeric([UInt8](repeating: 49, count: digits + 1)),
                try .alphanumeric([UInt8](repeating: 65, count: characters + 1)), .byte([UInt8](repeating: 97, count: bytes + 1)),
            ] {
                #expect(throws: QRCodeError.self) {
                    try MicroSymbol(segments: [segment], level: level, version: version, boostingLevel: false)
                }
            }
        }
    }

    @Test func `the smallest version is taken, and in it the highest level`() throws {
        #expect(try MicroSymbol(encoding: Array("12345".utf8)).version == .m1)
        let digits = try MicroSymbol(encoding: Array("01234567".utf8))
        #expect(digits.version == .m2 && digits.errorCorrectionLevel == .medium)
        #expect(try MicroSymbol(encoding: Array("abc".utf8)).version == .m3)
        #expect(throws: QRCodeError.self) { try MicroSymbol(encoding: [UInt8](repeating: 97, count: 16)) }
    }
}
