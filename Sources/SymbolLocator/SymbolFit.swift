/// A symbol's place in a plane: its version, and the map from its modules to the plane's pixels.
struct SymbolFit: Sendable {
    let plane: LumaPlane
    let isDark: Bool
    private(set) var model: SymbolModel
    private(set) var corners: Quadrilateral
    private(set) var map: Homography
    /// The correlation of the known modules with what is there: 1 for a perfect picture, about 0 for no symbol.
    private(set) var quality: Float = 0

    init?(_ plane: LumaPlane, _ model: SymbolModel, corners: Quadrilateral, isDark: Bool) {
        guard let map = Homography(corners: corners) else { return nil }
        (self.plane, self.model, self.corners, self.map, self.isDark) = (plane, model, corners, map, isDark)
        quality = correlation(map)
    }

    /// Where a point of the symbol, in modules from its top left corner, is in the plane.
    @inline(__always) func position(_ module: Point) -> Point {
        map(module.x / Float(model.size), module.y / Float(model.size))
    }

    /// The correlation of the finder patterns alone, which are in place before the fourth corner is.
    var finderQuality: Float { correlation(map, SymbolModel.finderModules) }

    private func correlation(_ map: Homography) -> Float { correlation(map, model.modules.count) }

    private func correlation(_ map: Homography, _ used: Int) -> Float {
        let scale = 1 / Float(model.size)
        var (sum, squares, signed, signs): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for index in 0..<used {
            let module = model.modules[index]
            let luma = plane.sample(map(module.position.x * scale, module.position.y * scale))
            sum += luma
            squares += luma * luma
            signed += luma * module.sign
            signs += module.sign
        }
        let count = Float(used)
        let deviation = (max(0, squares - sum * sum / count) * (count - signs * signs / count)).squareRoot()
        return deviation > 1 ? (signed - sum * signs / count) / deviation * (isDark ? 1 : -1) : 0
    }

    /// Moves a corner when that fits better; true when it did.
    private mutating func tryMove(_ index: Int, by step: Point) -> Bool {
        var moved = corners
        moved[index] += step
        guard let map = Homography(corners: moved) else { return false }
        let quality = correlation(map)
        guard quality > self.quality else { return false }
        (self.corners, self.map, self.quality) = (moved, map, quality)
        return true
    }

    /// Moves the corners, in steps of half a module and less, as long as that fits better.
    mutating func refine() {
        let side = max((corners.topRight - corners.topLeft).length, (corners.bottomLeft - corners.topLeft).length)
        let module = side / Float(model.size)
        for share: Float in [0.5, 0.25, 0.12] {
            for _ in 0..<3 {
                var isMoved = false
                for index in [2, 0, 1, 3] {
                    for step in [Point(1, 0), Point(-1, 0), Point(0, 1), Point(0, -1)] where tryMove(index, by: step * share * module) {
                        isMoved = true
                    }
                }
                if !isMoved { break }
            }
        }
    }

    /// Moves the fourth corner so that the farthest alignment pattern comes to lie where it is seen.
    mutating func alignFourthCorner() {
        guard let alignment = model.lastAlignment else { return }
        let reach = min(6, 2 + Float(model.size) / 14)
        var (best, found): (Float, Point) = (-1, alignment)
        for (reach, step) in [(reach, Float(1)), (0.5, 0.5), (0.25, 0.25)] {
            let middle = found
            for dy in stride(from: -reach, through: reach, by: step) {
                for dx in stride(from: -reach, through: reach, by: step) {
                    let match = alignmentMatch(at: middle + Point(dx, dy))
                    if match > best { (best, found) = (match, middle + Point(dx, dy)) }
                }
            }
        }
        guard best > 0.5 else { return }
        var moved = corners
        let target = position(found)
        for _ in 0..<3 {
            guard let map = Homography(corners: moved) else { return }
            let here = map(alignment.x / Float(model.size), alignment.y / Float(model.size))
            moved.bottomRight += target - here
        }
        guard let map = Homography(corners: moved) else { return }
        let quality = correlation(map)
        if quality > self.quality { (self.corners, self.map, self.quality) = (moved, map, quality) }
    }

    /// How well an alignment pattern's 5 × 5 modules correlate with what is at a place.
    private func alignmentMatch(at centre: Point) -> Float {
        var (sum, squares, signed): (Float, Float, Float) = (0, 0, 0)
        for y in -2...2 {
            for x in -2...2 {
                let luma = plane.sample(position(centre + Point(Float(x), Float(y))))
                sum += luma
                squares += luma * luma
                if max(abs(x), abs(y)) == 1 { signed += luma }
            }
        }
        // Eight of the 25 modules are light.
        let deviation = (max(0, squares - sum * sum / 25) * (8 - 64 / 25)).squareRoot()
        return deviation > 1 ? (signed - sum * 8 / 25) / deviation * (isDark ? 1 : -1) : 0
    }
}
