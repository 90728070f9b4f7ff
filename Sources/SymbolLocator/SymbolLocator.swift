/// Finds QR symbols in a picture, and draws each anew: upright, flat, evenly lit, at a whole number of pixels per module.
///
public struct SymbolLocator: Sendable {
    public init() {}

    /// Calls `read` with drawings of the symbols in a picture, the likeliest first, until it has seen all.
    ///
    /// `read` says whether it could read the drawing: if not, a later one may be of the same symbol.
    public func locate(in picture: LumaPlane, _ read: (LumaPlane) -> Bool) {
        guard picture.width > 0 else { return }
        let planes = Self.pyramid(picture)
        let patterns = Self.patterns(planes)
        var used: [Point] = []
        func isUsed(_ triple: FinderTriple) -> Bool {
            used.contains { $0 == triple.corner.centre || $0 == triple.right.centre || $0 == triple.below.centre }
        }
        var unread: [(triple: FinderTriple, fit: SymbolFit)] = []
        func look(_ triples: [FinderTriple]) {
            for triple in triples where !isUsed(triple) {
                guard var fit = fit(triple, planes), fit.quality > 0.3 else { continue }
                var sight = Sight.notRead
                if fit.quality > 0.9 { sight = draw(fit, [.plain], read) }
                if sight == .notRead {
                    fit.refine()
                    if fit.quality < 0.9 { fit.alignLattice() }
                    guard fit.quality > 0.45 else { continue }
                    sight = draw(fit, [.plain, .equalised], read)
                }
                switch sight {
                case .read: used += [triple.corner.centre, triple.right.centre, triple.below.centre]
                case .notRead: unread.append((triple, fit))
                case .noSymbol: break
                }
            }
        }
        look(FinderTriple.all(of: patterns))
        if used.isEmpty, unread.isEmpty { look(FinderTriple.completed(patterns)) }
        // What costs more is for the likeliest alone.
        for (triple, fit) in unread.sorted(by: { $0.fit.quality > $1.fit.quality }).prefix(2) where !isUsed(triple) {
            if tryHarder(fit, read) { used += [triple.corner.centre, triple.right.centre, triple.below.centre] }
        }
    }

    /// Draws a symbol in more and more elaborate ways, until one is read.
    private func tryHarder(_ fit: SymbolFit, _ read: (LumaPlane) -> Bool) -> Bool {
        var other = fit
        other.sharpenFourthCorner()
        if draw(other, [.equalised], read) == .read { return Self.note(1) }
        other = fit
        other.bend()
        if draw(other, [.equalised], read) == .read { return Self.note(2) }
        other.crumple()
        if draw(other, [.equalised], read) == .read { return Self.note(3) }
        return false
    }
    nonisolated(unsafe) static var notes = [Int](repeating: 0, count: 20)
    static func note(_ i: Int) -> Bool { notes[i] += 1; return true }

    private enum Sight { case read, notRead, noSymbol }
    private enum Drawing { case plain, equalised }

    private func draw(_ fit: SymbolFit, _ drawings: [Drawing], _ read: (LumaPlane) -> Bool) -> Sight {
        var samples = ModuleSamples(fit)
        let contrast = samples.localContrast()
        samples.readFormat(contrast)
        guard samples.formatErrors <= 8 || fit.quality > 0.9 else { return .noSymbol }
        for drawing in drawings {
            switch drawing {
            case .plain: if read(samples.drawing(contrast, scale: 3)) { return .read }
            case .equalised:
                var equaliser = Equaliser(samples, contrast)
                if read(samples.drawing(equaliser.equalised(), scale: 3)) { return Self.note(10) ? .read : .read }
            }
        }
        return samples.formatErrors <= 4 || fit.quality > 0.9 ? .notRead : .noSymbol
    }

    /// The picture and its halves, down to sides of 48 pixels or a 16th.
    static func pyramid(_ picture: LumaPlane) -> [LumaPlane] {
        var planes = [picture]
        while planes.count < 5, let last = planes.last, min(last.width, last.height) >= 2 {
            planes.append(Kernels.halved(last))
            if min(last.width, last.height) < 96 { break }
        }
        return planes
    }

    /// Finder patterns of all scales, in pixels of the whole picture.
    static func patterns(_ planes: [LumaPlane]) -> [FinderPattern] {
        var all: [FinderPattern] = []
        for level in 0..<max(1, planes.count - 1) {
            let half = level + 1 < planes.count ? planes[level + 1] : planes[level]
            let scale = Float(1 << level)
            for var pattern in FinderScan(planes[level], half: half).found {
                pattern.centre *= scale
                pattern.module *= scale
                if let known = all.firstIndex(where: { $0.isSame(pattern) }) {
                    all[known].sights += pattern.sights
                } else {
                    all.append(pattern)
                }
            }
        }
        return all
    }

    func fit(_ triple: FinderTriple, _ planes: [LumaPlane]) -> SymbolFit? {
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
        guard outline.isSquare else { return nil }
        let corners = outline.corners() ?? outline.roughCorners()
        guard let map = Homography(corners: corners) else { return nil }
        guard let versions = Self.versions(outline, map) else { return nil }
        var best: SymbolFit?
        for version in versions {
            guard let model = SymbolModel.of(version: version),
                let fit = SymbolFit(planes[level], model, corners: corners, isDark: triple.corner.isDark)
            else { continue }
            guard fit.finderQuality > 0.5 else { continue }
            if fit.quality > best?.quality ?? -1 { best = fit }
        }
        best?.alignFourthCorner()
        return best
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
