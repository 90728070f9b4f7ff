/// 8-bit luma: `height` rows of `width` bytes without padding.
///
/// Positions are continuous: pixel (i, j) covers i..<i + 1, j..<j + 1, so that a position at half the scale is half the position.
public struct LumaPlane: Sendable {
    public let width: Int
    public let height: Int
    public let pixels: [UInt8]

    /// A plane whose size does not match its sides is empty.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        let isWhole = width > 0 && height > 0 && pixels.count == width * height
        self.width = isWhole ? width : 0
        self.height = isWhole ? height : 0
        self.pixels = isWhole ? pixels : []
    }

    /// The plane at half its sides, each pixel the mean of four; an odd last row or column falls away.
    public func halved() -> LumaPlane { Kernels.halved(self) }

    /// The part of the plane that lies in a region, and where that part begins.
    public func cropped(to region: SymbolSight.Region) -> (plane: LumaPlane, x: Int, y: Int) {
        let (left, top) = (min(max(region.x, 0), width), min(max(region.y, 0), height))
        let right = min(max(region.x + region.width, left), width)
        let bottom = min(max(region.y + region.height, top), height)
        var part: [UInt8] = []
        part.reserveCapacity((right - left) * (bottom - top))
        for row in top..<bottom { part.append(contentsOf: pixels[row * width + left..<row * width + right]) }
        return (LumaPlane(width: right - left, height: bottom - top, pixels: part), left, top)
    }

    /// The luma at a position, bilinear between pixel centres; outside, that of the nearest edge.
    @inline(__always) func sample(_ position: Point) -> Float {
        // In this order, `max` takes zero for what is not a number.
        let x = min(Float(width - 1), max(0, position.x - 0.5))
        let y = min(Float(height - 1), max(0, position.y - 0.5))
        let (left, top) = (Int(x), Int(y))
        let (right, down) = (left + 1 < width ? 1 : 0, top + 1 < height ? width : 0)
        let (across, below) = (x - Float(left), y - Float(top))
        let first = top &* width &+ left
        // The four places lie in the plane by what is above: this is the innermost of all loops, and a check of each would double it.
        let four = unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe SIMD4(
                pixels[first], pixels[first &+ right], pixels[first &+ down], pixels[first &+ down &+ right])
        }
        let upper = Float(four.x) * (1 - across) + Float(four.y) * across
        let lower = Float(four.z) * (1 - across) + Float(four.w) * across
        return upper * (1 - below) + lower * below
    }

    /// How often dark and light take turns on a line that is about so many modules long.
    func alternations(from start: Point, to end: Point, modules: Float) -> Int {
        let perModule = 4
        let count = max(8, Int(min(400, modules) * Float(perModule)))
        // A module is told dark or light by one and a half modules on both sides.
        let reach = perModule * 3 / 2
        let line = samples(from: start, to: end, count: count, beyond: reach)
        let (least, greatest) = (Self.windows(line) { min($0, $1) }, Self.windows(line) { max($0, $1) })
        var (changes, isDark) = (0, true)
        // The threshold is half way between the extremes.
        for index in 0...count where greatest[index] - least[index] > 8 {
            // A change must be clear: noise on an edge would count twice more.
            let level = (line[index + reach] - least[index]) / (greatest[index] - least[index])
            guard isDark ? level > 0.6 : level < 0.4 else { continue }
            isDark.toggle()
            changes += 1
        }
        return changes
    }
}

extension LumaPlane {
    /// The luma at each of `count` steps from a point to another, with that of the ends for at least so many steps beyond them.
    private func samples(from start: Point, to end: Point, count: Int, beyond: Int) -> [Float] {
        [Float](columns: count + 2 * beyond + 1, rows: 1) { column, _ in
            let share = ((Eight.steps + Float(column - beyond)) / Float(count)).clamped(to: 1)
            return samples(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
        }
    }

    /// The least or greatest of each 13 successive values, as `choose` says of two, by way of those of two, four and eight.
    private static func windows(_ line: [Float], _ choose: (Float, Float) -> Float) -> [Float] {
        var values = line
        for width in [1, 2, 4] {
            for index in 0..<values.count - width { values[index] = choose(values[index], values[index + width]) }
        }
        return (0..<line.count - 12).map { choose(values[$0], values[$0 + 5]) }
    }
}

/// A position or direction in a plane, in its pixels, y downwards.
typealias Point = SIMD2<Float>

extension SIMD2<Float> {
    var length: Float { (x * x + y * y).squareRoot() }
    var unit: Point { self / Swift.max(length, 1e-6) }
    /// The z component of the cross product: above zero when `other` is clockwise from this one as seen (y downwards).
    func cross(_ other: Point) -> Float { x * other.y - y * other.x }
    func dot(_ other: Point) -> Float { x * other.x + y * other.y }
}
