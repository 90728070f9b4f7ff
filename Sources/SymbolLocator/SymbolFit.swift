/// A symbol's place in a plane: its version, and the map from its modules to the plane's pixels.
struct SymbolFit: Sendable {
    let plane: LumaPlane
    let isDark: Bool
    let model: SymbolModel
    var corners: Quadrilateral
    var map: SymbolMap
    /// The middles of the three finder patterns as they were seen, in the order of ``FinderTriple``; none when one was not.
    var finders: [Point] = []
    /// The correlation of the known modules with what is there: 1 for a perfect picture, about 0 for no symbol.
    var quality: Float = 0

    /// Nil when the corners lie on a line.
    init?(_ plane: LumaPlane, _ model: SymbolModel, corners: Quadrilateral, isDark: Bool) {
        guard let map = SymbolMap(corners: corners) else { return nil }
        (self.plane, self.model, self.corners, self.map, self.isDark) = (plane, model, corners, map, isDark)
    }

    /// The correlation of the three finder patterns alone, which are in place before the fourth corner is.
    func finderQuality(_ map: SymbolMap) -> Float { correlation(map, model.probes.prefix(SymbolModel.finderProbes)) }

    /// Moves the corners to where the finder patterns fit: the steeper a symbol is seen, the more do they lean on the fourth corner, which
    /// is known least.
    mutating func alignFinders() {
        climb([2, 1], corners: [2]) { $0.finderQuality($1) }
        guard finderQuality(map) > 0.4 else { return }
        climb([0.5, 0.25], corners: [0, 1, 3, 2]) { $0.finderQuality($1) }
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

    /// Moves corners, in steps of the given shares of a module, as long as `measure` grows by it.
    mutating func climb(_ shares: [Float], corners indices: [Int], _ measure: (Self, SymbolMap) -> Float) {
        let start = self
        var best = measure(start, map)
        let module = pixelsPerModule
        for share in shares {
            for _ in 0..<3 {
                var isMoved = false
                for index in indices {
                    for axis in [Point(1, 0), Point(0, 1)] {
                        // When one way is better, the other is not.
                        for step in [axis, -axis] {
                            var moved = corners
                            moved[index] += step * share * module
                            guard let map = map.moved(to: moved) else { continue }
                            let value = measure(start, map)
                            guard value > best else { continue }
                            (corners, self.map, best, isMoved) = (moved, map, value, true)
                            break
                        }
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
        if quality < 0.85 { climb([0.5, 0.25], corners: [2, 0, 1, 3]) { $0.correlation($1) } }
        guard quality > Self.leastQuality else { return }
        climb([0.12, 0.06], corners: [2, 0, 1, 3]) { $0.correlation($1) }
    }

    /// Below this, even the best corners make no symbol of it.
    static let leastQuality: Float = 0.45

    /// Moves the fourth corner to where all modules are clearest, known or not: version 1 has nothing else near it to fit.
    mutating func sharpenFourthCorner() { climb([1, 0.5, 0.25, 0.12], corners: [2]) { $0.variance($1) } }
}
