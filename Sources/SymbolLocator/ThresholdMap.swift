/// Between dark and light, a threshold for each block of 8 × 8 pixels: half way between the darkest and the lightest around it.
struct ThresholdMap: Sendable {
    /// Blocks in a row.
    let columns: Int
    let rows: Int
    /// 0 where the surroundings have no more contrast than noise has: there no pixel is dark.
    let thresholds: [UInt8]

    /// `half` is the plane at half its sides: the mean of four pixels knows the range with less noise, and at a quarter of the cost.
    init(_ plane: LumaPlane, half: LumaPlane) {
        columns = (plane.width + 7) / 8
        rows = (plane.height + 7) / 8
        let dark = Kernels.least(half, columns: columns, rows: rows, flip: 0)
        let light = Kernels.least(half, columns: columns, rows: rows, flip: 255)
        let leastContrast = Self.leastContrast(dark, light)
        let darkest = Kernels.leastAround(dark, columns: columns, rows: rows)
        let lightest = Kernels.leastAround(light, columns: columns, rows: rows)
        thresholds = Kernels.thresholds(darkest, lightest, leastContrast: leastContrast)
    }

    /// What noise alone reaches over a block's surroundings: a little over twice the contrast of a quiet block, which one in five is.
    ///
    /// In a picture without a quiet block, as of a symbol from edge to edge, the contrast of a symbol is taken for more than this.
    private static func leastContrast(_ dark: [UInt8], _ light: [UInt8]) -> UInt8 {
        var counts = [Int](repeating: 0, count: 256)
        // Every third tells as much.
        let chosen = stride(from: 0, to: dark.count, by: 3)
        for index in chosen { counts[Int(255 &- light[index] &- dark[index])] += 1 }
        var (quiet, below) = (0, counts[0])
        while below * 15 < dark.count {
            quiet += 1
            below += counts[quiet]
        }
        return UInt8(min(max(quiet * 13 / 5, 12), 70))
    }
}
