@testable import QRCode

/// The plain path, one module at a time in the words of ISO/IEC 18004: the oracle of the fast one.
struct PlainSymbol {
    private(set) var matrix: Matrix

    /// Codewords placed, masked, with format information.
    init(_ codewords: [UInt8], _ version: Version, _ level: ErrorCorrectionLevel, mask: Int) {
        matrix = Matrix(version)
        place(codewords)
        for y in 0..<matrix.size {
            for x in 0..<matrix.size where !matrix.isFunction(x, y) && Matrix.isInverted(x, y, by: mask) {
                matrix.set(x, y, !matrix[x, y])
            }
        }
        matrix.drawFormatInformation(level, mask: mask)
    }

    /// The modules of a finished symbol.
    init(_ symbol: Symbol) {
        matrix = Matrix(symbol.version)
        for y in 0..<symbol.size {
            for x in 0..<symbol.size { matrix.set(x, y, symbol[x, y]) }
        }
    }

    /// §7.7.3: two columns at a time from the right, upwards and downwards in turn, the vertical timing pattern left out.
    private mutating func place(_ codewords: [UInt8]) {
        let size = matrix.size
        var bit = 0
        let pairs = Array(stride(from: size - 1, to: 6, by: -2)) + Array(stride(from: 5, to: 0, by: -2))
        for (turn, right) in pairs.enumerated() {
            for step in 0..<size {
                let y = turn.isMultiple(of: 2) ? size - 1 - step : step
                for x in [right, right - 1] where !matrix.isFunction(x, y) && bit < codewords.count * 8 {
                    matrix.set(x, y, codewords[bit / 8] >> (7 - bit % 8) & 1 == 1)
                    bit += 1
                }
            }
        }
    }

    /// §7.8.3, Table 11.
    var penalty: Int {
        let size = matrix.size
        var score = blocks + balance
        for index in 0..<size {
            for line in [(0..<size).map { matrix[$0, index] }, (0..<size).map { matrix[index, $0] }] {
                score += Self.runs(line) + Self.finderLike(line)
            }
        }
        return score
    }

    /// N1: 3 for five modules of one colour in a line, and 1 for each further.
    private static func runs(_ line: [Bool]) -> Int {
        var score = 0
        var length = 1
        for index in 1...line.count {
            if index < line.count, line[index] == line[index - 1] {
                length += 1
            } else {
                if length >= 5 { score += length - 2 }
                length = 1
            }
        }
        return score
    }

    /// N2: 3 for each block of two by two of one colour.
    private var blocks: Int {
        var score = 0
        for y in 1..<matrix.size {
            for x in 1..<matrix.size {
                let colour = matrix[x, y]
                if colour == matrix[x - 1, y], colour == matrix[x, y - 1], colour == matrix[x - 1, y - 1] { score += 3 }
            }
        }
        return score
    }

    /// N3: 40 for each dark-light-dark-dark-dark-light-dark with four light modules on a side.
    private static func finderLike(_ line: [Bool]) -> Int {
        var score = 0
        for start in 0...line.count - 7
        where line[start] && !line[start + 1] && line[start + 2] && line[start + 3] && line[start + 4] && !line[start + 5]
            && line[start + 6]
        {
            let before = line[max(0, start - 4)..<start].allSatisfy { !$0 }
            let after = line[start + 7..<min(line.count, start + 11)].allSatisfy { !$0 }
            if before || after { score += 40 }
        }
        return score
    }

    /// N4: 10 for each full 5 % by which the share of dark modules is away from one half.
    private var balance: Int {
        let all = matrix.size * matrix.size
        let dark = matrix.dark.count { $0 }
        return 10 * (abs(20 * dark - 10 * all) / all)
    }
}
