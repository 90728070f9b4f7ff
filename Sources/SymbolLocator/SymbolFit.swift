/// A symbol's place in a plane: its version, and the map from its modules to the plane's pixels.
struct SymbolFit: Sendable {
    let plane: LumaPlane
    let isDark: Bool
    let model: SymbolModel
    private(set) var corners: Quadrilateral
    private(set) var map: SymbolMap
    /// The correlation of the known modules with what is there: 1 for a perfect picture, about 0 for no symbol.
    private(set) var quality: Float = 0

    init?(_ plane: LumaPlane, _ model: SymbolModel, corners: Quadrilateral, isDark: Bool) {
        guard let map = SymbolMap(corners: corners) else { return nil }
        (self.plane, self.model, self.corners, self.map, self.isDark) = (plane, model, corners, map, isDark)
        quality = correlation(map)
    }

    /// Where a point of the symbol, in modules from its top left corner, is in the plane.
    @inline(__always) func position(_ module: Point) -> Point {
        map(module.x / Float(model.size), module.y / Float(model.size))
    }

    /// Pixels per module on the longest side.
    var pixelsPerModule: Float {
        let (across, down) = ((corners.topRight - corners.topLeft).length, (corners.bottomLeft - corners.topLeft).length)
        return max(across, down) / Float(model.size)
    }

    /// The correlation of the finder patterns alone, which are in place before the fourth corner is.
    var finderQuality: Float { correlation(map, SymbolModel.finderProbes) }

    // MARK: Moving

    /// Moves corners, in steps of the given shares of a module, as long as `measure` grows by it.
    private mutating func climb(_ shares: [Float], corners indices: [Int], _ measure: (Self, SymbolMap) -> Float) {
        let start = self
        var best = measure(start, map)
        let module = pixelsPerModule
        for share in shares {
            for _ in 0..<3 {
                var isMoved = false
                for index in indices {
                    for step in Self.steps {
                        var moved = corners
                        moved[index] += step * share * module
                        guard let map = map.moved(to: moved) else { continue }
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

    static let steps = [Point(1, 0), Point(-1, 0), Point(0, 1), Point(0, -1)]

    /// Moves the corners to where the known modules fit best.
    mutating func refine() {
        // A fit that is good already is not half a module off.
        climb(quality > 0.85 ? [0.12, 0.06] : [0.5, 0.25, 0.12, 0.06], corners: [2, 0, 1, 3]) { $0.correlation($1) }
    }

    /// Moves the fourth corner to where all modules are clearest, known or not: version 1 has nothing else near it to fit.
    mutating func sharpenFourthCorner() { climb([1, 0.5, 0.25, 0.12], corners: [2]) { $0.variance($1) } }

    /// Bends the symbol as a card is bent, across and down, as long as modules get clearer by it.
    mutating func bend() {
        let deviation = variance(map).squareRoot()
        func measure(_ map: SymbolMap) -> Float { correlation(map) + variance(map).squareRoot() / max(1, deviation) }
        var best = measure(map)
        let module = pixelsPerModule
        for share: Float in [1.5, 0.75, 0.4, 0.2, 0.1] {
            for _ in 0..<3 {
                var isMoved = false
                for step in Self.steps {
                    for bend in [\SymbolMap.bendAcross, \SymbolMap.bendDown] {
                        var moved = map
                        moved[keyPath: bend] += step * share * module
                        let value = measure(moved)
                        if value > best { (map, best, isMoved) = (moved, value, true) }
                    }
                    var shifted = corners
                    shifted.bottomRight += step * share * module
                    guard let moved = map.moved(to: shifted) else { continue }
                    let value = measure(moved)
                    if value > best { (corners, map, best, isMoved) = (shifted, moved, value, true) }
                }
                if !isMoved { break }
            }
        }
        quality = correlation(map)
    }

    /// Displaces the points of a lattice, about six modules apart, to where the modules around each are clearest, from the finder
    /// patterns outwards: for a crumpled card.
    mutating func crumple() {
        let isNew = map.lattice == 0
        if isNew { displace { _ in .zero } }
        let count = map.lattice
        let spacing = Float(model.size) / Float(count - 1)
        let module = pixelsPerModule
        // The three corners with finder patterns are in place.
        let order = (0..<count * count).map { Point(Float($0 % count), Float($0 / count)) }
            .sorted { Self.distance($0, count) < Self.distance($1, count) }
        for share: Float in [0.4, 0.2] {
            for node in order {
                let index = Int(node.y) * count + Int(node.x)
                if isNew, share == 0.4, Self.distance(node, count) > 1 {
                    map.displacements[index] = settledNeighbours(of: node, count)
                }
                var best = clearness(around: node * spacing, reach: spacing)
                for _ in 0..<2 {
                    var isMoved = false
                    for step in Self.steps {
                        let before = map.displacements[index]
                        map.displacements[index] += step * share * module
                        let value = clearness(around: node * spacing, reach: spacing)
                        if value > best * 1.01 { (best, isMoved) = (value, true) } else { map.displacements[index] = before }
                    }
                    if !isMoved { break }
                }
            }
        }
        quality = correlation(map)
    }

    /// Adds to the map a lattice with points about six modules apart, and the displacement that each place is given.
    mutating func displace(_ displacement: (Point) -> Point) {
        let count = max(4, (model.size + 3) / 6 + 1)
        let spacing = Float(model.size) / Float(count - 1)
        let before = map
        map.lattice = count
        map.displacements = (0..<count * count).map { index in
            let node = Point(Float(index % count), Float(index / count))
            return displacement(node * spacing)
        }
        let after = correlation(map)
        if after < quality, map.displacements.contains(where: { $0 != .zero }) { map = before } else { quality = after }
    }

    /// Steps of the lattice to the nearest corner with a finder pattern.
    private static func distance(_ node: Point, _ count: Int) -> Float {
        let last = Float(count - 1)
        return min(node.length, (node - Point(last, 0)).length, (node - Point(0, last)).length)
    }

    /// The mean displacement of those neighbours of a lattice point that are nearer to a finder pattern.
    private func settledNeighbours(of node: Point, _ count: Int) -> Point {
        var (sum, settled): (Point, Float) = (.zero, 0)
        for step in Self.steps {
            let near = node + step
            guard near.x >= 0, near.y >= 0, near.x < Float(count), near.y < Float(count),
                Self.distance(near, count) < Self.distance(node, count)
            else { continue }
            sum += map.displacements[Int(near.y) * count + Int(near.x)]
            settled += 1
        }
        return sum / max(1, settled)
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
            guard let map = map.moved(to: moved) else { return }
            let here = map(alignment.x / Float(model.size), alignment.y / Float(model.size))
            moved.bottomRight += target - here
        }
        guard let map = map.moved(to: moved) else { return }
        let quality = correlation(map)
        if quality > self.quality { (self.corners, self.map, self.quality) = (moved, map, quality) }
    }

    // MARK: Measuring

    private func correlation(_ map: SymbolMap) -> Float { correlation(map, model.probes.count) }

    private func correlation(_ map: SymbolMap, _ used: Int) -> Float {
        let probes = model.probes
        var (sum, squares, signed, signs): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for index in 0..<used {
            let module = probes[index]
            let luma = plane.sample(map(module.share.x, module.share.y))
            sum += luma
            squares += luma * luma
            signed += luma * module.sign
            signs += module.sign
        }
        let count = Float(used)
        let deviation = (max(0, squares - sum * sum / count) * (count - signs * signs / count)).squareRoot()
        return deviation > 1 ? (signed - sum * signs / count) / deviation * (isDark ? 1 : -1) : 0
    }

    /// The variance of the luma in the middles of all modules: between modules dark and light mix.
    private func variance(_ map: SymbolMap) -> Float {
        // Some 30 × 30 modules tell as much as 177 × 177.
        variance(map, columns: 0..<model.size, rows: 0..<model.size, step: 1 + model.size / 30)
    }

    private func variance(_ map: SymbolMap, columns: Range<Int>, rows: Range<Int>, step: Int) -> Float {
        let scale = 1 / Float(model.size)
        var (sum, squares, count): (Float, Float, Float) = (0, 0, 0)
        for y in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            // Each row starts elsewhere, lest every module be in the same columns.
            for x in stride(from: columns.lowerBound + y / step % step, to: columns.upperBound, by: step) {
                let luma = plane.sample(map((Float(x) + 0.5) * scale, (Float(y) + 0.5) * scale))
                sum += luma
                squares += luma * luma
                count += 1
            }
        }
        return squares / count - sum * sum / (count * count)
    }

    private func clearness(around module: Point, reach: Float) -> Float {
        let limit = Float(model.size)
        let columns = Int(max(0, module.x - reach))..<Int(min(limit, module.x + reach))
        let rows = Int(max(0, module.y - reach))..<Int(min(limit, module.y + reach))
        return variance(map, columns: columns, rows: rows, step: 2)
    }

    /// How well an alignment pattern's 5 × 5 modules correlate with what is at a place.
    func alignmentMatch(at centre: Point, shift: Point = .zero) -> Float {
        var (sum, squares, signed): (Float, Float, Float) = (0, 0, 0)
        for y in -2...2 {
            for x in -2...2 {
                let luma = plane.sample(position(centre + Point(Float(x), Float(y))) + shift)
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
