/// What a reader knows of a symbol's modules before it looks: function patterns and version information (ISO/IEC 18004 §6.3, §7.10).
public struct FunctionPatterns: Sendable {
    public let size: Int
    /// Rows and columns on which alignment patterns are centred (Annex E).
    public let alignmentCentres: [Int]
    private let matrix: Matrix

    public init(_ version: Version) {
        size = version.size
        alignmentCentres = version.alignmentCentres
        matrix = Matrix(version)
    }

    /// Whether a module is dark, or nil where it carries codewords or format information.
    public subscript(x: Int, y: Int) -> Bool? {
        matrix.isFunction(x, y) && (!matrix.isFormat(x, y) || (x == 8 && y == size - 8)) ? matrix[x, y] : nil
    }

    /// The 32 sequences of format information, of 15 bits, masked as they are drawn (§7.9).
    public static let formatSequences = (0..<32).map { Matrix.withRemainder($0, generator: 0x537, degree: 10) ^ 0x5412 }

    /// Where bit `index` of the format information stands, in its two copies.
    public func formatPlaces(_ index: Int) -> [(x: Int, y: Int)] {
        let first =
            switch index {
            case 0...5: (8, index)
            case 6, 7: (8, index + 1)
            case 8: (7, 8)
            default: (14 - index, 8)
            }
        return [first, index < 8 ? (size - 1 - index, 8) : (8, size - 15 + index)]
    }
}
