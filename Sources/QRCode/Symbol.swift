/// A QR Code symbol, Model 2, versions 1 to 40 (ISO/IEC 18004).
public struct Symbol: Hashable, Sendable {
    public let version: Version
    public let errorCorrectionLevel: ErrorCorrectionLevel
    /// 0 to 7 (§7.8.2).
    public let maskPattern: Int
    private let dark: [Bool]

    /// Modules per side, without the quiet zone.
    public var size: Int { version.size }

    /// True for a dark module; `x` counts from the left and `y` from the top, both from 0 to `size` - 1.
    public subscript(x: Int, y: Int) -> Bool { dark[y * size + x] }

    /// Encodes bytes in byte mode.
    ///
    /// Takes the smallest version that holds them at `level` unless one is given; raises the level as far as that version allows
    /// when `boostingLevel`; takes the mask with the least penalty, the lowest number on a tie, unless one is given.
    /// Throws when the bytes do not fit, or `mask` is not 0 to 7.
    public init(
        encoding bytes: [UInt8], level: ErrorCorrectionLevel = .low, version: Version? = nil, mask: Int? = nil,
        boostingLevel: Bool = true
    ) throws(QRCodeError) {
        if let mask, !(0...7).contains(mask) { throw .mask(mask) }
        let fits = { (version: Version, level: ErrorCorrectionLevel) in
            Codewords.bits(byteCount: bytes.count, version) <= version.dataCodewords(level) * 8
                && bytes.count < 1 << version.byteCountBits
        }
        let largest = version ?? Version(unchecked: 40)
        guard let chosen = (version.map { [$0] } ?? Version.all).first(where: { fits($0, level) }) else {
            throw .capacity(
                neededBits: Codewords.bits(byteCount: bytes.count, largest), availableBits: largest.dataCodewords(level) * 8)
        }
        self.version = chosen
        let candidates = ErrorCorrectionLevel.allCases.filter { $0.index >= level.index && fits(chosen, $0) }
        errorCorrectionLevel = boostingLevel ? candidates.last ?? level : level
        let masked = Self.masked(Codewords.make(bytes, chosen, errorCorrectionLevel), chosen, errorCorrectionLevel, mask)
        maskPattern = masked.mask
        dark = masked.matrix.dark
    }

    private static func masked(
        _ codewords: [UInt8], _ version: Version, _ level: ErrorCorrectionLevel, _ mask: Int?
    ) -> (mask: Int, matrix: Matrix) {
        var plain = Matrix(version)
        plain.place(codewords)
        let candidates = (mask.map { $0...$0 } ?? 0...7).map { mask in
            var matrix = plain
            matrix.apply(mask: mask)
            matrix.drawFormatInformation(level, mask: mask)
            return (mask: mask, matrix: matrix)
        }
        guard candidates.count > 1 else { return candidates[0] }
        let scores = candidates.map { Penalty.score($0.matrix) }
        return candidates[scores.indices.min { scores[$0] < scores[$1] } ?? 0]
    }

    /// The penalty of this symbol as it stands (§7.8.3).
    var penalty: Int {
        var matrix = Matrix(version)
        matrix.replace(with: dark)
        return Penalty.score(matrix)
    }
}
