/// How hard a masked symbol is to read (ISO/IEC 18004 §7.8.3, Table 11): less is better.
///
/// The complete symbol counts, format and version information included. The pattern 1:1:3:1:1 counts once where four light modules
/// stand before it or after it, and outside the symbol is light.
enum Penalty {
    static func score(_ matrix: Matrix) -> Int {
        let size = matrix.size
        var score = blocks(matrix) + balance(matrix)
        var line = [Bool](repeating: false, count: size)
        for index in 0..<size {
            for along in 0..<size { line[along] = matrix[along, index] }
            score += runs(line) + finderLike(line)
            for along in 0..<size { line[along] = matrix[index, along] }
            score += runs(line) + finderLike(line)
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
    private static func blocks(_ matrix: Matrix) -> Int {
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
    private static func balance(_ matrix: Matrix) -> Int {
        let all = matrix.size * matrix.size
        let dark = matrix.dark.count { $0 }
        return 10 * (abs(20 * dark - 10 * all) / all)
    }
}
