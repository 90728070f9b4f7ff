extension SymbolLocator {
    /// Calls `answer` with dark symbols of about a pixel per module near finder patterns of that size, of which one is enough.
    ///
    /// At that size each pixel mixes up to nine modules; which they are is found as for a symbol that moved, but did not.
    func locateTiny(in picture: LumaPlane, near patterns: [FinderPattern], _ answer: (SymbolSight) -> SymbolAnswer) {
        var regions: [SymbolSight.Region] = []
        let tiny = patterns.filter { $0.isDark && $0.module < Self.tinyModule }
        // Of texture there are more than can be looked at.
        for pattern in tiny.prefix(40) where regions.count < 2 {
            let (x, y) = (Int(pattern.centre.x), Int(pattern.centre.y))
            let (reach, side) = (Self.tinyReach, 2 * Self.tinyReach)
            if regions.contains(where: { abs($0.x + reach - x) < reach && abs($0.y + reach - y) < reach }) { continue }
            // What looks like one to the scan alone is seldom one.
            let own = picture.cropped(to: SymbolSight.Region(x: x - 6, y: y - 6, width: 13, height: 13))
            guard !FinderTemplates.patterns(in: own.plane).isEmpty else { continue }
            let region = SymbolSight.Region(x: x - reach, y: y - reach, width: side, height: side)
            regions.append(region)
            let part = picture.cropped(to: region)
            for triple in FinderTriple.all(of: FinderTemplates.patterns(in: part.plane)).prefix(2) {
                guard let symbol = SmearedSymbol.still(triple, part.plane) else { continue }
                // What one round does not read, more seldom do.
                let result = Self.draw(symbol, rounds: 1) { sight in
                    var region = sight.region
                    region.x += part.x
                    region.y += part.y
                    return answer(SymbolSight(drawing: sight.drawing, region: region))
                }
                guard result == .notRead else { return }
            }
        }
    }

    /// Finder patterns of a picture without blur, in which twice as many tiny ones are seen; none of a large picture, which takes too long.
    static func sharpPatterns(_ picture: LumaPlane) -> [FinderPattern] {
        guard picture.width * picture.height <= 1_000_000 else { return [] }
        let sharp = Kernels.sharpened(picture)
        return FinderScan(sharp, half: Kernels.halved(sharp)).found
    }

    /// The greatest module, in pixels, of a pattern that may be a tiny symbol's: it is known badly.
    private static let tinyModule: Float = 2
    /// How far from its pattern a symbol of a badge reaches, in pixels.
    private static let tinyReach = 110
}

extension SmearedSymbol {
    /// The symbol that did not move and fits best; nil when none is likely.
    static func still(_ triple: FinderTriple, _ plane: LumaPlane) -> SmearedSymbol? {
        let outline = Outline(plane, corner: triple.corner, right: triple.right, below: triple.below)
        // The module is known to a tenth or so.
        let around = 2 + triple.version / 8
        var best: SymbolFit?
        for model in (triple.version - around...triple.version + around).compactMap(SymbolModel.of)
        where model.version <= mostVersion {
            let corners = outline.flatCorners(size: model.size)
            guard var fit = SymbolFit(plane, model, corners: corners, isDark: triple.corner.isDark) else { continue }
            fit.quality = fit.correlation(fit.map)
            if fit.quality > best?.quality ?? 0.3 { best = fit }
        }
        best?.refine()
        guard let best, best.quality > SymbolFit.leastQuality,
            let start = SmearedSymbol(plane, best.model, corners: best.corners, isDark: best.isDark, way: .zero)
        else { return nil }
        guard var symbol = start.changed(blur: 1.6) else { return nil }
        symbol.alignAll()
        return symbol.quality > 0.88 ? symbol : nil
    }
}
