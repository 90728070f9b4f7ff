extension SymbolLocator {
    /// Calls `answer` with symbols that moved along the picture's rows or columns while it was taken, by up to some ten modules, drawn as
    /// they were before that.
    ///
    /// For a picture in which ``locate(in:_:)`` finds nothing. Without finder patterns, it takes as long as that; with them, some ten
    /// milliseconds for each drawing. `isInTime` is asked before each; false ends the search, as any answer but `notRead` does.
    public func locateSmeared(in picture: LumaPlane, isInTime: () -> Bool = { true }, _ answer: (SymbolSight) -> SymbolAnswer) {
        guard min(picture.width, picture.height) > 8 else { return }
        // Across the way that it moved, a finder pattern is cut as ever.
        let starts = Self.starts(picture, isAlongRows: true) + Self.starts(picture, isAlongRows: false)
        for start in starts.sorted(by: { $0.likelihood > $1.likelihood }).prefix(2) {
            var symbol = start.symbol
            symbol.alignFinders()
            guard symbol.quality > 0.9, symbol.way.length < SmearedSymbol.longestWay else { continue }
            let scale = Float(picture.width / symbol.plane.width)
            guard Self.draw(symbol, rounds: 3, scale: scale, isInTime: isInTime, answer) == .notRead else { return }
        }
    }

    /// Calls `answer` with a symbol whose pixels each mix several modules; `scale` is that of the picture in its plane.
    static func draw(
        _ symbol: SmearedSymbol, rounds: Int, scale: Float = 1, isInTime: () -> Bool = { true },
        _ answer: (SymbolSight) -> SymbolAnswer
    ) -> SymbolAnswer {
        var symbol = symbol
        // What the modules seem to be says better where they are, and that what they are.
        for round in 0..<rounds where isInTime() {
            let probes = round == 0 ? symbol.finderProbes() : symbol.allProbes()
            let modules = SmearedModules(symbol, symbol.match(symbol.map, probes))
            let darkness = modules.darkness()
            let contrast = darkness.map { 0.5 - $0 }
            var samples = ModuleSamples(symbol.model, contrast)
            samples.readFormat(contrast)
            if samples.formatErrors <= 4 {
                let region = SymbolSight.Region(around: symbol.corners, scale: scale)
                let result = answer(SymbolSight(drawing: samples.drawing(contrast), region: region))
                guard result == .notRead else { return result }
            }
            guard round + 1 < rounds else { break }
            let size = symbol.model.size
            symbol.take { x, y in 1 - 2 * darkness[y * size + x] }
            symbol.alignAll()
            guard symbol.quality > 0.95 else { break }
        }
        return .notRead
    }

    /// What may be a symbol that moved along the rows, or along the columns.
    private static func starts(_ picture: LumaPlane, isAlongRows: Bool) -> [(symbol: SmearedSymbol, likelihood: Float)] {
        let lines = Kernels.sharpLines(isAlongRows ? Kernels.transposed(picture) : picture)
        let patterns = FinderScan(smeared: lines, half: Kernels.halved(lines)).found.map { pattern in
            var pattern = pattern
            // One line is two rows.
            pattern.centre.y *= 2
            if isAlongRows { pattern.centre = Point(pattern.centre.y, pattern.centre.x) }
            return pattern
        }
        let triples = FinderTriple.all(of: patterns)
        // Of small patterns that moved far, one may be cut by a line alone, but not all three of a symbol.
        let seldom = triples.filter { !$0.isSeenOften && $0.sights >= 7 }
        return (triples.filter(\.isSeenOften) + seldom).prefix(2).compactMap { triple in
            // At 2.5 to five pixels per module a sample costs the same for any size.
            var (plane, triple) = (picture, triple)
            while triple.corner.module > 5, min(plane.width, plane.height) > 16 {
                (plane, triple) = (Kernels.halved(plane), triple.halved)
            }
            return SmearedSymbol.likeliest(triple, plane, axis: isAlongRows ? Point(1, 0) : Point(0, 1))
        }
    }
}
