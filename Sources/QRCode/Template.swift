import Synchronization

/// Eight candidates of a symbol at once, one for each mask pattern. A lane is a word of up to 64 modules of a column.
typealias Lanes = SIMD8<UInt64>

/// What all symbols of a version share, with columns as words: the bit of row y is bit y % 64 of word y / 64.
final class Template: Sendable {
    let version: Version
    let size: Int
    /// Words in a column: one to version 11, two to 27, three to 40.
    let words: Int
    /// Function patterns without format information, `size` × `words`.
    let columns: [UInt64]
    /// Where the codewords go, in their order.
    let runs: [Placement]
    /// For each level, what XOR makes of a symbol without mask and format information those with them.
    let masks: [[Lanes]]

    private static let cache = Mutex<[Template?]>(Array(repeating: nil, count: 41))

    static func of(_ version: Version) -> Template {
        cache.withLock { cache in
            if let template = cache[version.number] { return template }
            let template = Template(version)
            cache[version.number] = template
            return template
        }
    }

    private init(_ version: Version) {
        let plain = Matrix(version)
        let words = (plain.size + 63) / 64
        self.version = version
        size = plain.size
        self.words = words
        runs = Placement.runs(of: plain)
        let blank = Self.packed(plain, words) { plain[$0, $1] && !plain.isFormat($0, $1) }
        columns = blank
        masks = ErrorCorrectionLevel.allCases.map { level in
            var lanes = [Lanes](repeating: .zero, count: plain.size * words)
            for mask in 0..<8 {
                var masked = plain
                masked.drawFormatInformation(level, mask: mask)
                let packed = Self.packed(plain, words) { x, y in
                    masked.isFunction(x, y) ? masked[x, y] : Matrix.isInverted(x, y, by: mask)
                }
                for index in lanes.indices { lanes[index][mask] = packed[index] ^ blank[index] }
            }
            return lanes
        }
    }

    private static func packed(_ matrix: Matrix, _ words: Int, _ isDark: (Int, Int) -> Bool) -> [UInt64] {
        var columns = [UInt64](repeating: 0, count: matrix.size * words)
        for x in 0..<matrix.size {
            for y in 0..<matrix.size where isDark(x, y) { columns[x * words + y / 64] |= 1 << UInt64(y % 64) }
        }
        return columns
    }
}

/// A run of rows in a pair of columns that takes the next bits of the stream (ISO/IEC 18004 §7.7.3).
struct Placement: Sendable {
    enum Width: Sendable { case both, right, left }

    /// The right column of the pair.
    let column: Int
    let width: Width
    let firstRow: Int
    /// At most 32, within one word.
    let rows: Int
    let isUpward: Bool

    /// Two columns at a time from the right, upwards and downwards in turn, the vertical timing pattern left out.
    static func runs(of matrix: Matrix) -> [Placement] {
        let pairs = Array(stride(from: matrix.size - 1, to: 6, by: -2)) + Array(stride(from: 5, to: 0, by: -2))
        return pairs.enumerated().flatMap { turn, column in
            runs(of: matrix, column, isUpward: turn.isMultiple(of: 2))
        }
    }

    private static func runs(of matrix: Matrix, _ column: Int, isUpward: Bool) -> [Placement] {
        let rows = isUpward ? Array((0..<matrix.size).reversed()) : Array(0..<matrix.size)
        var runs: [Placement] = []
        var pending: [Int] = []
        var pendingWidth: Width?
        func close() {
            guard let width = pendingWidth, let first = pending.min() else { return }
            runs.append(
                Placement(column: column, width: width, firstRow: first, rows: pending.count, isUpward: isUpward))
            pending = []
        }
        for y in rows {
            let width: Width? =
                switch (matrix.isFunction(column, y), matrix.isFunction(column - 1, y)) {
                case (false, false): .both
                case (false, true): .right
                case (true, false): .left
                case (true, true): nil
                }
            if width != pendingWidth || pending.count == 32 || pending.last.map({ $0 / 64 != y / 64 }) ?? false { close() }
            pendingWidth = width
            if width != nil { pending.append(y) }
        }
        close()
        return runs
    }
}
