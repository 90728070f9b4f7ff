/// The modules of a Micro QR symbol while it is drawn.
struct MicroMatrix {
    private let size: Int
    private(set) var dark: [Bool]
    private var function: [Bool]

    /// The symbol with the given mask, or with the one that scores highest, the lowest number on a tie.
    static func drawn(
        _ data: [Bool], _ version: MicroVersion, _ parameters: (dataBits: Int, correction: Int, symbolNumber: Int), _ given: Int?
    ) -> (mask: Int, dark: [Bool]) {
        var plain = MicroMatrix(version)
        plain.place(data + correction(data, parameters.correction))
        let candidates = (given.map { $0...$0 } ?? 0...3).map { mask in
            var matrix = plain
            matrix.finish(symbolNumber: parameters.symbolNumber, mask: mask)
            return (mask: mask, matrix: matrix)
        }
        let scores = candidates.map(\.matrix.score)
        let best = candidates[scores.indices.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) } ?? 0]
        return (best.mask, best.matrix.dark)
    }

    /// Half a codeword counts as the upper half of one, with zeros below it.
    private static func correction(_ data: [Bool], _ count: Int) -> [Bool] {
        let codewords = stride(from: 0, to: data.count, by: 8).map { start in
            (start..<start + 8).reduce(UInt8(0)) { $0 << 1 | ($1 < data.count && data[$1] ? 1 : 0) }
        }
        return ReedSolomon.correction(for: codewords[...], count: count).flatMap { codeword in
            (0..<8).map { codeword >> UInt8(7 - $0) & 1 == 1 }
        }
    }

    /// One finder pattern with its separator, and timing patterns along the edges (§6.3).
    private init(_ version: MicroVersion) {
        size = version.size
        dark = Array(repeating: false, count: size * size)
        function = dark
        for index in 0..<size {
            set(index, 0, index.isMultiple(of: 2))
            set(0, index, index.isMultiple(of: 2))
        }
        for y in 0..<8 {
            for x in 0..<8 {
                let ring = max(abs(x - 3), abs(y - 3))
                set(x, y, ring != 2 && ring != 4)
            }
        }
        drawFormatInformation(0)
    }

    private mutating func set(_ x: Int, _ y: Int, _ value: Bool) {
        dark[y * size + x] = value
        function[y * size + x] = true
    }

    /// §7.7.3: two columns at a time from the right, upwards and downwards in turn.
    private mutating func place(_ bits: [Bool]) {
        var bits = bits[...]
        for (turn, right) in stride(from: size - 1, to: 0, by: -2).enumerated() {
            for step in 0..<size {
                let y = turn.isMultiple(of: 2) ? size - 1 - step : step
                for x in [right, right - 1] where !function[y * size + x] { dark[y * size + x] = bits.popFirst() ?? false }
            }
        }
    }

    /// Masks the data and writes the format information.
    private mutating func finish(symbolNumber: Int, mask: Int) {
        // Micro QR's four masks are four of the eight (Table 10).
        let pattern = [1, 4, 6, 7][mask]
        for y in 0..<size {
            for x in 0..<size where !function[y * size + x] && Matrix.isInverted(x, y, by: pattern) {
                dark[y * size + x].toggle()
            }
        }
        drawFormatInformation(Matrix.withRemainder(symbolNumber << 2 | mask, generator: 0x537, degree: 10) ^ 0x4445)
    }

    /// §7.9.2: fifteen bits beside the finder pattern, the lowest at the top.
    private mutating func drawFormatInformation(_ bits: Int) {
        for index in 0..<8 { set(8, index + 1, bits >> index & 1 == 1) }
        for index in 8..<15 { set(15 - index, 8, bits >> index & 1 == 1) }
    }

    /// §7.8.3.2: the edges opposite the finder pattern shall be dark, the lighter of the two above all.
    private var score: Int {
        let right = (1..<size).count { dark[$0 * size + size - 1] }
        let bottom = (1..<size).count { dark[(size - 1) * size + $0] }
        return min(right, bottom) * 16 + max(right, bottom)
    }
}
