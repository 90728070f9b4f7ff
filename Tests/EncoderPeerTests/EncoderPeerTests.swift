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
    func `with a given mask, zint draws the same modules, in every version`(level: ErrorCorrectionLevel) throws {
        for number in 1...40 {
            let version = try Version(number)
            for round in 0..<max(4, 48 / number) {
                let bytes = Self.payload(version, level)
                let mask = (number + round) % 8
                let ours = try Symbol(segments: [.byte(bytes)], level: level, version: version, mask: mask, boostingLevel: false)
                #expect(try Modules(ours) == Self.zint(bytes, number, level, mask: mask), "version \(number) mask \(mask)")
            }
        }
    }

    @Test(arguments: ErrorCorrectionLevel.allCases)
    func `left to choose, zint takes the same mask, in every version`(level: ErrorCorrectionLevel) throws {
        for number in 1...40 {
            let version = try Version(number)
            for _ in 0..<max(1, 16 / number) {
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
