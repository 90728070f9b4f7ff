/// One picture's search: which symbols are read, and which are left for what costs more.
struct SymbolSearch {
    let planes: [LumaPlane]
    let rungs: Set<SymbolRung>
    let answer: (SymbolSight, SymbolRung) -> SymbolAnswer

    /// The symbols that were read.
    private var used: [SymbolFit] = []
    private var unread: [(triple: FinderTriple, fit: SymbolFit)] = []
    /// Whether something was taken for a symbol, read or not.
    private(set) var hasSeenSymbol = false
    /// Whether nothing more is to be looked for.
    private(set) var isOver = false

    private enum Outcome { case read, notRead, noSymbol }

    init(planes: [LumaPlane], rungs: Set<SymbolRung>, answer: @escaping (SymbolSight, SymbolRung) -> SymbolAnswer) {
        (self.planes, self.rungs, self.answer) = (planes, rungs, answer)
    }

    var hasRead: Bool { !used.isEmpty }

    /// Tries triples in their order, as symbols that are seen in one way. A finder pattern is one symbol's alone.
    mutating func look(at triples: [FinderTriple], seen view: SymbolFit.View = .front) {
        for triple in triples where !isOver && !isUsed(triple) {
            guard var fit = SymbolFit.fit(triple, planes, seen: view), fit.quality > 0.35 else { continue }
            // A fit that good is seldom made better.
            var outcome = fit.quality > 0.9 ? draw(fit, [.plain]) : .notRead
            if outcome == .notRead, !isOver {
                fit.refine()
                if fit.quality < 0.9 { fit.alignLattice() }
                guard fit.quality > SymbolFit.leastQuality else { continue }
                outcome = draw(fit, [.plain, .equalised])
            }
            switch outcome {
            case .read: used.append(fit)
            case .notRead: unread.append((triple, fit))
            case .noSymbol: continue
            }
            hasSeenSymbol = true
        }
    }

    /// Tries the likeliest two of what is unread in ways that cost more.
    mutating func lookHarder() {
        for (triple, fit) in unread.sorted(by: { $0.fit.quality > $1.fit.quality }).prefix(2) where !isOver && !isUsed(triple) {
            if isRead(harder: fit) { used.append(fit) }
        }
        unread = []
    }

    private mutating func isRead(harder fit: SymbolFit) -> Bool {
        if rungs.contains(.fourthCorner) {
            var other = fit
            other.sharpenFourthCorner()
            if draw(other, [.fourthCorner]) == .read { return true }
        }
        guard !isOver, !rungs.isDisjoint(with: [.bent, .crumpled]) else { return false }
        var other = fit
        // In a fit that was good, the alignment patterns between were not looked for.
        other.alignLattice()
        if other.map.lattice == fit.map.lattice { other.bend() }
        if draw(other, [.bent]) == .read { return true }
        guard !isOver, rungs.contains(.crumpled) else { return false }
        other.crumple()
        return draw(other, [.crumpled]) == .read
    }

    private mutating func draw(_ fit: SymbolFit, _ rungs: [SymbolRung]) -> Outcome {
        var samples = ModuleSamples(fit)
        let contrast = samples.localContrast()
        samples.readFormat(contrast)
        guard samples.formatErrors <= 8 || fit.quality > 0.9 else { return .noSymbol }
        for rung in rungs where self.rungs.contains(rung) {
            var drawn = contrast
            if rung != .plain {
                var equaliser = Equaliser(samples, contrast)
                drawn = equaliser.equalised()
            }
            // As many errors as that no level of error correction makes up for; in a small symbol one stain may be as large.
            guard samples.errors(drawn) <= (fit.model.version < 5 ? 0.2 : 0.15) else { continue }
            switch answer(SymbolSight(drawing: samples.drawing(drawn), region: fit.region(in: planes[0])), rung) {
            case .read: return .read
            case .notRead: break
            case .enough:
                isOver = true
                return .notRead
            }
        }
        return samples.formatErrors <= 4 || fit.quality > 0.9 ? .notRead : .noSymbol
    }

    /// Whether one of a triple's patterns is a read symbol's, or looks like one among its modules.
    private func isUsed(_ triple: FinderTriple) -> Bool {
        used.contains { fit in
            [triple.corner, triple.right, triple.below].contains { fit.covers($0.centre, of: planes[0]) }
        }
    }
}

extension SymbolFit {
    /// Whether a place in the whole picture is in the symbol.
    fileprivate func covers(_ place: Point, of picture: LumaPlane) -> Bool {
        let share = map.inverse(place * (Float(plane.width) / Float(picture.width)))
        return share.x >= 0 && share.y >= 0 && share.x <= 1 && share.y <= 1
    }

    /// The box around the symbol, in pixels of the whole picture, of which the fit's plane is a smaller one.
    fileprivate func region(in picture: LumaPlane) -> SymbolSight.Region {
        SymbolSight.Region(around: corners, scale: Float(picture.width / max(1, plane.width)))
    }
}

extension SymbolSight.Region {
    /// The box around corners, in a picture that is so much larger than theirs.
    init(around corners: Quadrilateral, scale: Float) {
        let points = [corners.topLeft, corners.topRight, corners.bottomRight, corners.bottomLeft]
        func bounds(_ values: [Float]) -> (least: Int, greatest: Int) {
            // Corners far outside make a box that is cut to the picture anyway.
            let kept = values.map { min(max($0 * scale, -10_000), 20_000) }
            return (Int(kept.min() ?? 0), Int(kept.max() ?? 0) + 1)
        }
        let (x, y) = (bounds(points.map(\.x)), bounds(points.map(\.y)))
        self.init(x: x.least, y: y.least, width: x.greatest - x.least, height: y.greatest - y.least)
    }
}
