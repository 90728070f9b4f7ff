/// A symbol's version, 1 to 40; version V is 17 + 4 V modules wide (ISO/IEC 18004 §5.3.1).
public struct Version: Hashable, Sendable, Comparable {
    public let number: Int

    public init(_ number: Int) throws(QRCodeError) {
        guard (1...40).contains(number) else { throw .version(number) }
        self.number = number
    }

    init(unchecked number: Int) { self.number = number }

    /// Modules per side, without the quiet zone.
    public var size: Int { 17 + 4 * number }

    public static func < (a: Version, b: Version) -> Bool { a.number < b.number }

    /// Rows and columns on which alignment patterns are centred (Annex E): the first is 6, the last is size - 7, the steps between
    /// are even and equal but for the first.
    var alignmentCentres: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        // Version 32 is the table's one exception to the rounding: its step is 26.
        let step = number == 32 ? 26 : (number * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<count - 1).reversed().map { size - 7 - $0 * step }
    }

    /// Modules left for codewords and remainder bits once the function patterns and the two kinds of information are placed.
    var dataModules: Int {
        var modules = (16 * number + 128) * number + 64
        if number >= 2 {
            let count = number / 7 + 2
            modules -= (25 * count - 10) * count - 55
        }
        if number >= 7 { modules -= 36 }
        return modules
    }

    var totalCodewords: Int { dataModules / 8 }

    func dataCodewords(_ level: ErrorCorrectionLevel) -> Int {
        totalCodewords - level.blocks(self) * level.correctionCodewordsPerBlock(self)
    }
}
