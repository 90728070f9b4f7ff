extension SmearedSymbol {
    /// The likeliest symbol with three finder patterns that are known well across an axis of the picture, along which they moved, and badly
    /// along it; and how good it is, 3 at best. Nil when none is likely.
    static func likeliest(_ triple: FinderTriple, _ plane: LumaPlane, axis: Point) -> (symbol: SmearedSymbol, likelihood: Float)?
    {
        let centres = [triple.corner.centre, triple.right.centre, triple.below.centre]
        let module = (triple.corner.module + triple.right.module + triple.below.module) / 3
        let across = max(abs((centres[1] - centres[0]).cross(axis)), abs((centres[2] - centres[0]).cross(axis)))
        let version = Int(((across / module + 7 - 17) / 4).rounded())
        var best: (symbol: SmearedSymbol, likelihood: Float)?
        for model in (version - 1...version + 1).compactMap(SymbolModel.of) where model.version <= mostVersion {
            for length in ways {
                guard let start = SmearedSymbol(plane, model, centres, triple.corner.isDark, moved: axis * (length * module))
                else {
                    continue
                }
                var (likelihood, found): (Float, [Point]) = (0, [])
                // Each of the three has to be good.
                for finder in 0..<3 where likelihood + Float(3 - finder) > best?.likelihood ?? leastLikelihood {
                    let place = start.place(ofFinder: finder, axis * (module / 2))
                    likelihood += place.quality
                    found.append(centres[finder] + place.shift)
                }
                guard found.count == 3, likelihood > best?.likelihood ?? leastLikelihood,
                    let symbol = SmearedSymbol(plane, model, found, triple.corner.isDark, moved: axis * (length * module))
                else { continue }
                best = (symbol, likelihood)
            }
        }
        return best
    }

    /// In modules: what went farther is seldom read.
    static let longestWay: Float = 10
    /// A badge's symbol is no greater, and more would take longer than a frame.
    static let mostVersion = 15
    /// The ways, in modules, that are tried first; what is between is found from them.
    private static let ways: [Float] = [2, 3, 4, 5.5, 7.5, 10]
    /// Of three finder patterns together: a symbol has more.
    private static let leastLikelihood: Float = 2.7

    private init?(_ plane: LumaPlane, _ model: SymbolModel, _ centres: [Point], _ isDark: Bool, moved: Point) {
        let (x, y) = ((centres[1] - centres[0]) / Float(model.size - 7), (centres[2] - centres[0]) / Float(model.size - 7))
        let (topLeft, size) = (centres[0] - (x + y) * 3.5, Float(model.size))
        let corners = Quadrilateral(
            topLeft: topLeft, topRight: topLeft + x * size, bottomRight: topLeft + (x + y) * size, bottomLeft: topLeft + y * size)
        // From pixels to modules, by Cramer's rule.
        let way = Point(moved.cross(y), x.cross(moved)) / x.cross(y)
        guard way.length < 12 else { return nil }
        self.init(plane, model, corners: corners, isDark: isDark, way: way)
    }

    /// Where along a line, up to 12 steps away, a finder pattern is seen best.
    private func place(ofFinder finder: Int, _ step: Point) -> (quality: Float, shift: Point) {
        let probes = finderProbes(finder, everyRow: 3)
        var best: (quality: Float, shift: Point) = (0, .zero)
        for index in -12...12 {
            var moved = corners
            for corner in 0..<4 { moved[corner] += step * Float(index) }
            guard let map = Homography(corners: moved) else { continue }
            let quality = match(map, probes).quality
            if quality > best.quality { best = (quality, step * Float(index)) }
        }
        return best
    }

    /// Moves it, and changes its way, to where the finder patterns fit.
    mutating func alignFinders() {
        climb([0.5, 0.25, 0.12], corners: [0, 1, 3], finderProbes())
        climbWay([0.5, 0.25]) { $0.finderProbes() }
        climb([0.25, 0.12, 0.06], corners: [0, 1, 3], finderProbes())
        climbWay([0.12]) { $0.finderProbes() }
    }

    /// The same by all modules, which are taken for what they seem to be.
    mutating func alignAll() {
        climb([0.12, 0.06], corners: [0, 1, 2, 3], allProbes())
        climbWay([0.12, 0.06]) { $0.allProbes() }
        climbBlur { $0.allProbes() }
        climb([0.06, 0.03], corners: [0, 1, 2, 3], allProbes())
    }

    /// Moves corners, in steps of these shares of a module, as long as it fits better. The fourth follows when it is none of them.
    private mutating func climb(_ shares: [Float], corners indices: [Int], _ probes: [Probe]) {
        let module = axes.across.length
        quality = match(map, probes).quality
        for share in shares {
            for _ in 0..<4 {
                var isMoved = false
                for index in indices {
                    for step in SymbolFit.steps {
                        var corners = corners
                        corners[index] += step * share * module
                        if !indices.contains(2) { corners = corners.parallelogram }
                        if take(changed(corners: corners), probes) { isMoved = true }
                    }
                }
                if !isMoved { break }
            }
        }
    }

    private mutating func climbWay(_ sizes: [Float], _ probes: (SmearedSymbol) -> [Probe]) {
        for size in sizes {
            for _ in 0..<3 {
                var isMoved = false
                for step in SymbolFit.steps {
                    let other = changed(way: way + step * size)
                    if take(other, other.map(probes) ?? []) { isMoved = true }
                }
                if !isMoved { break }
            }
        }
    }

    private mutating func climbBlur(_ probes: (SmearedSymbol) -> [Probe]) {
        for step: Float in [0.4, -0.4, 0.2, -0.2, 0.1, -0.1] where blur + step > 1 {
            let other = changed(blur: blur + step)
            take(other, other.map(probes) ?? [])
        }
    }

    /// Becomes the other when that fits better.
    @discardableResult private mutating func take(_ other: SmearedSymbol?, _ probes: [Probe]) -> Bool {
        guard var other else { return false }
        other.quality = other.match(other.map, probes).quality
        guard other.quality > quality else { return false }
        self = other
        return true
    }
}
