/// Finds QR symbols in a picture, and draws each anew: upright, flat, evenly lit, at a whole number of pixels per module.
///
public struct SymbolLocator: Sendable {
    public init() {}

    /// Calls `read` with drawings of the symbols in a picture, the likeliest first, until it has seen all.
    ///
    /// `read` says whether it could read the drawing: if not, the next one may be of the same symbol.
    public func locate(in picture: LumaPlane, _ read: (LumaPlane) -> Bool) {
        guard picture.width > 0 else { return }
        let planes = Self.pyramid(picture)
        let patterns = Self.patterns(planes)
        var used: [Point] = []
        var tries = 0
        for triple in FinderTriple.all(of: patterns) {
            let middles = [triple.corner.centre, triple.right.centre, triple.below.centre]
            guard !middles.contains(where: used.contains) else { continue }
            guard var fit = fit(triple, planes), fit.quality > 0.3 else { continue }
            fit.refine()
            guard fit.quality > 0.45 else { continue }
            tries += 1
            if tryAll(fit, read) { used += middles }
            if tries >= 12 { return }
        }
    }

    /// Draws a symbol in more and more elaborate ways, until one is read.
    private func tryAll(_ fit: SymbolFit, _ read: (LumaPlane) -> Bool) -> Bool {
        if tryDrawing(fit, read) { return true }
        var sharper = fit
        sharper.sharpenFourthCorner()
        if tryDrawing(sharper, read) { return true }
        sharper = fit
        sharper.squareFourthCorner()
        sharper.sharpenFourthCorner()
        return tryDrawing(sharper, read)
    }

    private func tryDrawing(_ fit: SymbolFit, _ read: (LumaPlane) -> Bool) -> Bool {
        var samples = ModuleSamples(fit)
        let contrast = samples.localContrast()
        samples.readFormat(contrast)
        guard samples.formatErrors <= 8 || fit.quality > 0.9 else { return false }
        return read(samples.drawing(contrast, scale: 3))
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
        // A pattern's middle is 3.5 modules from the two edges next to it.
        let (a, b, c) = (map.inverse(outline.corner.centre), map.inverse(outline.right.centre), map.inverse(outline.below.centre))
        let margin = (a.x + a.y + 1 - b.x + b.y + c.x + 1 - c.y) / 6
        guard margin > 0.015, margin < 0.2 else { return nil }
        let estimate = (3.5 / margin - 17) / 4
        let reach = estimate > 12 ? 2 : 1
        let nearest = Int(estimate.rounded())
        var best: SymbolFit?
        for version in max(1, min(40, nearest - reach))...max(1, min(40, nearest + reach)) {
            guard let model = SymbolModel.of(version: version),
                let fit = SymbolFit(planes[level], model, corners: corners, isDark: triple.corner.isDark)
            else { continue }
            guard fit.finderQuality > 0.5 else { continue }
            if fit.quality > best?.quality ?? -1 { best = fit }
        }
        best?.alignFourthCorner()
        return best
    }
}
