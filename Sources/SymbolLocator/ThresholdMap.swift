/// Between dark and light, a threshold for each block of 8 × 8 pixels: half way between the darkest and the lightest around it.
struct ThresholdMap: Sendable {
    /// Blocks in a row.
    let columns: Int
    let rows: Int
    /// 0 where the surroundings have less contrast than ``leastContrast``: there no pixel is dark.
    let thresholds: [UInt8]

    /// Camera noise stays below it, a legible symbol above.
    static let leastContrast: UInt8 = 20
    /// Blocks on each side that belong to a block's surroundings.
    static let reach = 2

    /// `half` is the plane at half its sides: the mean of four pixels knows the range with less noise, and at a quarter of the cost.
    init(_ plane: LumaPlane, half: LumaPlane) {
        columns = (plane.width + 7) / 8
        rows = (plane.height + 7) / 8
        guard half.width >= 1, half.height >= 1 else {
            thresholds = [UInt8](repeating: 0, count: columns * rows)
            return
        }
        var (least, greatest) = ([UInt8](repeating: 0, count: columns * rows), [UInt8](repeating: 0, count: columns * rows))
        var (low, high) = ([UInt8](repeating: 0, count: half.width), [UInt8](repeating: 0, count: half.width))
        for row in 0..<rows {
            let first = min(row * 4, max(0, half.height - 4))
            Kernels.columnRanges(half, first: first, rows: min(4, half.height - first), least: &low, greatest: &high)
            for column in 0..<columns {
                let start = min(column * 4, max(0, half.width - 4))
                var (lowest, highest) = (low[start], high[start])
                for x in start..<min(start + 4, half.width) {
                    lowest = min(lowest, low[x])
                    highest = max(highest, high[x])
                }
                least[row * columns + column] = lowest
                greatest[row * columns + column] = highest
            }
        }
        let lowest = Self.spread(least, columns, rows, min)
        let highest = Self.spread(greatest, columns, rows, max)
        thresholds = zip(lowest, highest).map { (low: UInt8, high: UInt8) -> UInt8 in
            high - low < Self.leastContrast ? 0 : low + (high - low) / 2 + 1
        }
    }

    /// Each block's extreme over its surroundings, first along the rows, then along the columns.
    private static func spread(_ values: [UInt8], _ columns: Int, _ rows: Int, _ extreme: (UInt8, UInt8) -> UInt8) -> [UInt8] {
        var across = values
        for row in 0..<rows {
            for column in 0..<columns {
                var value = values[row * columns + column]
                for near in max(0, column - reach)...min(columns - 1, column + reach) {
                    value = extreme(value, values[row * columns + near])
                }
                across[row * columns + column] = value
            }
        }
        var both = across
        for row in 0..<rows {
            for near in max(0, row - reach)...min(rows - 1, row + reach) where near != row {
                for column in 0..<columns {
                    both[row * columns + column] = extreme(both[row * columns + column], across[near * columns + column])
                }
            }
        }
        return both
    }
}
