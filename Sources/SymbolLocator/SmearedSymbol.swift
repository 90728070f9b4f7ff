/// A symbol that moved while the picture was taken: where it was half way, and which way it went.
struct SmearedSymbol {
    let plane: LumaPlane
    let model: SymbolModel
    let isDark: Bool
    private(set) var corners: Quadrilateral
    private(set) var map: Homography
    /// In modules, by the symbol's own axes.
    private(set) var way: Point
    /// The radius, in pixels, of the blur of lens, pixels and what lies between them: of a lens that is in focus to begin with.
    private(set) var blur: Float = 1.9
    /// With two samples to a module.
    private(set) var kernel: SmearKernel
    /// The correlation of what is there with what is known to be: 1 for a perfect picture.
    var quality: Float = 0
    /// What each module is taken for, 1 for light and -1 for dark, 0 while that is unknown; rows with ``frame`` light ones around.
    private var signs: [Float]

    private static let frame = 16
    /// The share of unknown modules in a sample that tells something.
    private static let mostUnknown: Float = 0.2

    /// Nil when the corners are no symbol's.
    init?(_ plane: LumaPlane, _ model: SymbolModel, corners: Quadrilateral, isDark: Bool, way: Point) {
        let axes = Self.axes(corners, model.size)
        guard let map = Homography(corners: corners), abs(axes.across.cross(axes.down)) > 0.5, axes.across.length < 60,
            axes.down.length < 60, corners.topLeft.length < 20_000
        else { return nil }
        (self.plane, self.model, self.corners, self.map, self.isDark, self.way) = (plane, model, corners, map, isDark, way)
        kernel = Self.kernel(way, blur, corners, model.size)
        let stride = model.size + 2 * Self.frame
        signs = [Float](repeating: 1, count: stride * stride)
        take { _, _ in 0 }
        for module in model.modules {
            signs[(Int(module.position.y) + Self.frame) * stride + Int(module.position.x) + Self.frame] = module.sign
        }
    }

    /// Takes each module for what it is said to be.
    mutating func take(_ sign: (_ x: Int, _ y: Int) -> Float) {
        let stride = model.size + 2 * Self.frame
        for y in 0..<model.size { for x in 0..<model.size { signs[(y + Self.frame) * stride + x + Self.frame] = sign(x, y) } }
    }

    /// The same with other corners, way and blur; nil when the corners lie on a line.
    func changed(corners: Quadrilateral? = nil, way: Point? = nil, blur: Float? = nil) -> SmearedSymbol? {
        var other = self
        if let corners {
            guard let map = Homography(corners: corners) else { return nil }
            (other.corners, other.map) = (corners, map)
        }
        if way != nil || blur != nil {
            (other.way, other.blur) = (way ?? self.way, blur ?? self.blur)
            other.kernel = Self.kernel(other.way, other.blur, other.corners, model.size)
        }
        return other
    }

    /// A step of one module across, and one down, in pixels.
    var axes: (across: Point, down: Point) { Self.axes(corners, model.size) }

    private static func axes(_ corners: Quadrilateral, _ size: Int) -> (across: Point, down: Point) {
        ((corners.topRight - corners.topLeft) / Float(size), (corners.bottomLeft - corners.topLeft) / Float(size))
    }

    private static func kernel(
        _ way: Point, _ blur: Float, _ corners: Quadrilateral, _ size: Int, perModule: Int = 2
    ) -> SmearKernel {
        let axes = axes(corners, size)
        return SmearKernel(way: way, blur: Point(blur / axes.across.length, blur / axes.down.length), perModule: perModule)
    }

    /// The kernel for pixels as they are: bilinear samples between them have blurred them by a variance of a sixth.
    var pixelKernel: SmearKernel {
        Self.kernel(way, max(1, blur * blur - 5.0 / 6).squareRoot(), corners, model.size, perModule: 16)
    }

    /// Eight samples in a row, half a module apart, and what they should be.
    struct Probe {
        let u, v, expected: Eight
        /// 1, or 0 for a sample that too much of unknown modules is in.
        let weight: Eight
    }

    /// Around the finder pattern at the top left, the top right or the bottom left, and in the quiet zone next to it.
    func finderProbes(_ finder: Int, everyRow step: Int) -> [Probe] {
        let far = 2 * model.size - 16
        let (x, y) = [(-4, -4), (far - 4, -4), (-4, far)][finder]
        return stride(from: 0, to: 20, by: step).flatMap { row in [0, 8, 16].map { column in probe(x + column, y + row) } }
    }

    func finderProbes() -> [Probe] { (0..<3).flatMap { finderProbes($0, everyRow: 2) } }

    /// All over the symbol.
    func allProbes() -> [Probe] {
        stride(from: -2, to: 2 * model.size + 2, by: 3).flatMap { row in
            stride(from: -2, to: 2 * model.size + 2, by: 8).map { probe($0, row) }
        }
    }

    private func probe(_ column: Int, _ row: Int) -> Probe {
        let scale = 1 / Float(2 * model.size)
        let (sum, unknown) = expected(column, row)
        let isUnknown = unknown .> Self.mostUnknown
        return Probe(
            u: (Eight.steps + (Float(column) + 0.5)) * scale, v: Eight(repeating: (Float(row) + 0.5) * scale),
            expected: sum.replacing(with: 0, where: isUnknown),
            weight: Eight(repeating: 1).replacing(with: 0, where: isUnknown))
    }

    /// What eight samples in a row should be, and how much of unknown modules is in them; they are counted from the first in the symbol.
    private func expected(_ column: Int, _ row: Int) -> (sum: Eight, unknown: Eight) {
        let (stride, frame) = (model.size + 2 * Self.frame, Self.frame)
        /// The modules that reach from one sample to another.
        func modules(_ first: Int, _ last: Int, _ reach: Int) -> ClosedRange<Int> {
            let start = min(max(0, (first - reach + 2 * frame) / 2), stride - 1)
            return start...max(start, min(stride - 1, (last + reach + 2 * frame) / 2))
        }
        let (across, down) = (modules(column, column + 7, kernel.columns), modules(row, row, kernel.rows))
        var (sum, unknown) = (Eight.zero, Eight.zero)
        unsafe kernel.shares.withUnsafeBytes { shares in
            unsafe signs.withUnsafeBufferPointer { signs in
                for y in down {
                    let line = row - 2 * (y - frame) - 1 + kernel.rows
                    guard line >= 0, line < 2 * kernel.rows else { continue }
                    let start = line &* kernel.stride &+ SmearKernel.margin
                    for x in across {
                        let first = column &- 2 &* (x &- frame) &- 1 &+ kernel.columns
                        guard first >= -SmearKernel.margin, first < 2 &* kernel.columns else { continue }
                        let share = unsafe shares.loadUnaligned(fromByteOffset: 4 &* (start &+ first), as: Eight.self)
                        let sign = unsafe signs[y &* stride &+ x]
                        if sign == 0 { unknown += share } else { sum += share * sign }
                    }
                }
            }
        }
        return (sum, unknown)
    }

    struct Match {
        var quality: Float = 0
        /// The luma where all is light, and how much less it is where all is dark.
        var light: Float = 0
        var contrast: Float = 1
    }

    /// How well what is there fits, and the line through it by least squares.
    func match(_ map: Homography, _ probes: [Probe]) -> Match {
        var (sum, squares, products): (Eight, Eight, Eight) = (.zero, .zero, .zero)
        var (expected, expectedSquares, weights): (Eight, Eight, Eight) = (.zero, .zero, .zero)
        for probe in probes {
            let place = map(probe.u, probe.v)
            let luma = plane.samples(place.x, place.y) * probe.weight
            weights += probe.weight
            sum += luma
            squares += luma * luma
            products += luma * probe.expected
            expected += probe.expected
            expectedSquares += probe.expected * probe.expected
        }
        let count = weights.sum()
        guard count > 40 else { return Match() }
        let (mean, expectedMean) = (sum.sum() / count, expected.sum() / count)
        let variance = squares.sum() / count - mean * mean
        let expectedVariance = expectedSquares.sum() / count - expectedMean * expectedMean
        guard variance > 1, expectedVariance > 1e-3 else { return Match() }
        let common = products.sum() / count - mean * expectedMean
        let slope = common / expectedVariance
        return Match(
            quality: common / (variance * expectedVariance).squareRoot() * (isDark ? 1 : -1),
            light: mean + slope * (1 - expectedMean), contrast: 2 * slope)
    }
}
