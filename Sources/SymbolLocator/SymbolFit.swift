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

    /// Pixels per module on the longest side.
    var pixelsPerModule: Float {
        let (across, down) = ((corners.topRight - corners.topLeft).length, (corners.bottomLeft - corners.topLeft).length)
        return max(across, down) / Float(model.size)
    }

    /// Moves corners, in steps of the given shares of a module, as long as `measure` grows by it.
    private mutating func climb(_ shares: [Float], corners indices: [Int], _ measure: (Self, Homography) -> Float) {
        let start = self
        var best = measure(start, map)
        let module = pixelsPerModule
        for share in shares {
            for _ in 0..<3 {
                var isMoved = false
                for index in indices {
                    for step in [Point(1, 0), Point(-1, 0), Point(0, 1), Point(0, -1)] {
                        var moved = corners
                        moved[index] += step * share * module
                        guard let map = Homography(corners: moved) else { continue }
                        let value = measure(start, map)
                        guard value > best else { continue }
                        (corners, self.map, best, isMoved) = (moved, map, value, true)
                    }
                }
                if !isMoved { break }
            }
        }
        quality = correlation(map)
    }

    /// Moves the corners to where the known modules fit best.
    mutating func refine() { climb([0.5, 0.25, 0.12, 0.06], corners: [2, 0, 1, 3]) { $0.correlation($1) } }

    /// Moves the fourth corner to where all modules are clearest, known or not: version 1 has nothing else near it to fit.
    mutating func sharpenFourthCorner() { climb([1, 0.5, 0.25, 0.12], corners: [2]) { $0.variance($1) } }

    /// The variance of the luma in the middles of all modules: between modules dark and light mix.
    private func variance(_ map: Homography) -> Float {
        let (size, scale) = (model.size, 1 / Float(model.size))
        var (sum, squares): (Float, Float) = (0, 0)
        for y in 0..<size {
            for x in 0..<size {
                let luma = plane.sample(map((Float(x) + 0.5) * scale, (Float(y) + 0.5) * scale))
                sum += luma
                squares += luma * luma
            }
        }
        let count = Float(size * size)
        return squares / count - sum * sum / (count * count)
    }

    /// Puts the fourth corner where it makes a parallelogram, for a symbol that is seen without much perspective.
    mutating func squareFourthCorner() {
        var squared = corners
        squared.bottomRight = corners.topRight + corners.bottomLeft - corners.topLeft
        guard let map = Homography(corners: squared) else { return }
        (corners, self.map) = (squared, map)
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
