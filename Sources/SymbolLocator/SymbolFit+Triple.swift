extension SymbolFit {
    /// How a symbol may be seen.
    enum View {
        /// From the front: the outer edges of the three finder patterns are what it is fitted by.
        case front
        /// So steeply that the patterns' edges are no guide: their middles alone are.
        case steep
        /// On a bent card: the patterns' middles say where it is, and the alignment patterns what is between.
        case bent
    }

    /// Nil when no symbol fits.
    static func fit(_ triple: FinderTriple, _ planes: [LumaPlane], seen view: View) -> SymbolFit? {
        // At three to six pixels per module, means of pixels have taken noise and moiré away, and a sample costs the same at any size.
        let module = (triple.corner.module + triple.right.module + triple.below.module) / 3
        var level = 0
        while level + 1 < planes.count, module / Float(1 << (level + 1)) >= 3 { level += 1 }
        func scaled(_ pattern: FinderPattern) -> FinderPattern {
            var pattern = pattern
            pattern.centre /= Float(1 << level)
            pattern.module /= Float(1 << level)
            return pattern
        }
        let outline = Outline(
            planes[level], corner: scaled(triple.corner), right: scaled(triple.right), below: scaled(triple.below))
        var best =
            switch view {
            case .front: fit(triple, outline)
            case .steep: steepFit(outline, about: triple.version, isDark: triple.corner.isDark)
            case .bent: bentFit(outline, about: triple.version, isDark: triple.corner.isDark)
            }
        best?.alignFourthCorner()
        if !triple.isCompleted { best?.finders = [outline.corner.centre, outline.right.centre, outline.below.centre] }
        if view == .bent { best?.alignLattice() }
        return best
    }

    /// The best fit by the outer edges of the three patterns.
    private static func fit(_ triple: FinderTriple, _ outline: Outline) -> SymbolFit? {
        guard outline.isSquare else { return nil }
        let corners = outline.corners() ?? outline.roughCorners()
        guard let map = Homography(corners: corners) else { return nil }
        guard var versions = Self.versions(outline, map) else { return nil }
        var quadrilaterals = [corners, corners.parallelogram]
        if triple.isCompleted {
            // The edges of a pattern that is not seen are something else's.
            versions.formUnion(triple.version - 1...triple.version + 1)
            quadrilaterals.append(outline.roughCorners())
        }
        let models = versions.sorted().compactMap(SymbolModel.of)
        return Self.best(outline.plane, models, quadrilaterals, isDark: triple.corner.isDark)
    }

    /// The best fit of a symbol that is seen so steeply that its patterns' edges are no guide: the middles of the patterns say where its
    /// corners are for each version, and how the patterns fit then says which it is.
    private static func steepFit(_ outline: Outline, about version: Int, isDark: Bool) -> SymbolFit? {
        let around = 2 + version / 4
        let tried = flatFits(outline, version - around...version + around, isDark: isDark).filter { $0.finders > 0.33 }
        var best: SymbolFit?
        for (likely, _) in tried.sorted(by: { $0.finders > $1.finders }).prefix(3) {
            var fit = likely
            fit.alignFinders()
            if fit.finderQuality(fit.map) > 0.5, fit.quality > best?.quality ?? 0 { best = fit }
        }
        return best
    }

    /// The best fit of a symbol on a bent card: the middles of the patterns say where its corners are for each version, and what of it is
    /// seen there, mostly the patterns alone, which it is.
    private static func bentFit(_ outline: Outline, about version: Int, isDark: Bool) -> SymbolFit? {
        var (best, most): (SymbolFit?, Float) = (nil, 0)
        for (likely, finders) in flatFits(outline, version - 2...version + 2, isDark: isDark) where finders > 0.5 {
            var fit = likely
            fit.quality = fit.correlation(fit.map)
            if fit.quality + finders > most { (best, most) = (fit, fit.quality + finders) }
        }
        return best
    }

    /// The fits by the middles of the patterns alone, one for each version, and how well the patterns themselves are in place.
    private static func flatFits(_ outline: Outline, _ versions: ClosedRange<Int>, isDark: Bool) -> [(
        fit: SymbolFit, finders: Float
    )] {
        versions.compactMap(SymbolModel.of).compactMap { model in
            SymbolFit(outline.plane, model, corners: outline.flatCorners(size: model.size), isDark: isDark)
        }.map { ($0, $0.finderQuality($0.map)) }
    }

    /// The best fit with one of these versions and corners; nil when none has the three finder patterns in place.
    private static func best(
        _ plane: LumaPlane, _ models: [SymbolModel], _ corners: [Quadrilateral], isDark: Bool
    ) -> SymbolFit? {
        var best: SymbolFit?
        var (likeliest, likelihood): (SymbolFit?, Float) = (nil, 0)
        for corners in corners where likelihood < 0.6 {
            for model in models {
                guard var fit = SymbolFit(plane, model, corners: corners, isDark: isDark) else { continue }
                let finders = fit.finderQuality(fit.map)
                if finders > likelihood { (likeliest, likelihood) = (fit, finders) }
                guard finders > 0.5 else { continue }
                fit.quality = fit.correlation(fit.map)
                if fit.quality > best?.quality ?? -1 { best = fit }
            }
        }
        // By chance, few get that far.
        guard likelihood < 0.6, likelihood > 0.33, var fit = likeliest else { return best }
        fit.alignFinders()
        return fit.finderQuality(fit.map) > 0.5 && fit.quality > best?.quality ?? -1 ? fit : best
    }

    /// The versions that a symbol may have by the size of its finder patterns and by the modules that its timing patterns count.
    static func versions(_ outline: Outline, _ map: Homography) -> Set<Int>? {
        // A pattern's middle is 3.5 modules from the two edges next to it.
        let (a, b, c) = (
            map.inverse(outline.corner.centre), map.inverse(outline.right.centre), map.inverse(outline.below.centre)
        )
        let margin = (a.x + a.y + 1 - b.x + b.y + c.x + 1 - c.y) / 6
        guard margin > 0.015, margin < 0.2 else { return nil }
        let estimate = Int(((3.5 / margin - 17) / 4).rounded())
        // From the corner module of one finder pattern to that of another, dark and light take turns.
        let share: Float = 6.5 / 3.5
        let start = map(a.x * share, a.y * share)
        let counts = [map(1 - (1 - b.x) * share, b.y * share), map(c.x * share, 1 - (1 - c.y) * share)].map { end in
            (outline.plane.alternations(from: start, to: end, modules: 3.5 / margin - 13) + 13 - 17 + 2) / 4
        }
        let near = counts.filter { abs($0 - estimate) <= 1 + estimate / 5 && (1...40).contains($0) }
        if near.count == 2, near[0] == near[1] { return [near[0]] }
        let around = max(1, min(40, estimate - 1))...max(1, min(40, estimate + 1))
        return Set(near).union(around)
    }
}
