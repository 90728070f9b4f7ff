/// A symbol that was found.
public struct SymbolSight: Sendable {
    /// The symbol drawn anew: upright, flat, black on white, two pixels per module, with a quiet zone of one module:
    /// as much as ZBar needs.
    public let drawing: LumaPlane
    /// Of the drawing's rows and columns, ZBar has to look along one in so many.
    public static let lineSpacing = 2
    /// The part of the picture that it is in, in pixels; it may reach over the picture's edges.
    public let region: Region

    public struct Region: Hashable, Sendable {
        public var x, y, width, height: Int

        public init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }
    }
}

/// What became of a ``SymbolSight``.
public enum SymbolAnswer: Sendable {
    /// It was read: the symbol is done with.
    case read
    /// It was not: the symbol may be drawn once more in another way.
    case notRead
    /// Nothing more is to be looked for.
    case enough
}

/// How a symbol was drawn, from the cheapest rung to the dearest.
public enum SymbolRung: String, CaseIterable, Sendable {
    /// As it is seen.
    case plain
    /// Without the blur that the known modules show.
    case equalised
    /// With the fourth corner where all modules are clearest.
    case fourthCorner
    /// As a bent card.
    case bent
    /// As a crumpled card.
    case crumpled
    /// With its pixels, of which each mixes several modules, taken apart.
    case tiny
}

/// Finds QR symbols in a picture, and draws each anew.
public struct SymbolLocator: Sendable {
    /// The rungs that are climbed; the others are left out.
    public var rungs: Set<SymbolRung>

    /// Whether symbols without a quiet zone, on ground as dark as they, are looked for where no other is seen; that costs half as much again.
    public var seeksBare: Bool

    public init(rungs: Set<SymbolRung> = Set(SymbolRung.allCases), seeksBare: Bool = true) {
        (self.rungs, self.seeksBare) = (rungs, seeksBare)
    }

    /// Calls `answer` with the symbols in a picture, the likeliest first, until it has seen all.
    ///
    /// Returns how many finder patterns it saw, true and false: a picture with less than two shows no symbol.
    @discardableResult
    public func locate(in picture: LumaPlane, _ answer: (SymbolSight, SymbolRung) -> SymbolAnswer) -> Int {
        withoutActuallyEscaping(answer) { locate(in: picture, escaping: $0) }
    }

    private func locate(in picture: LumaPlane, escaping answer: @escaping (SymbolSight, SymbolRung) -> SymbolAnswer) -> Int {
        guard picture.width > 0 else { return 0 }
        let planes = Self.pyramid(picture)
        var scans = Self.scans(planes)
        let patterns = Self.patterns(scans)
        var search = SymbolSearch(planes: planes, rungs: rungs, answer: answer)
        let triples = FinderTriple.all(of: patterns)
        search.look(at: triples)
        if !search.hasSeenSymbol { search.look(at: FinderTriple.completed(patterns)) }
        // That costs as much as all the rest, and is seldom needed.
        if !search.hasRead { search.look(at: triples.filter(\.isSteep), seen: .steep) }
        search.lookHarder()
        if !search.hasRead, rungs.contains(.bent) {
            // Of the likeliest alone: few pictures show a badge that is bent so much.
            search.look(at: Array(triples.filter { $0.cost < 0.7 && $0.sights > 5 }.prefix(2)), seen: .bent)
            search.lookHarder()
        }
        if rungs.contains(.tiny), !search.hasRead, !search.isOver {
            // Where many are seen, it is texture that shows them.
            let sharp = search.hasSeenSymbol || patterns.count > 12 ? [] : Self.sharpPatterns(picture)
            locateTiny(in: picture, near: patterns + sharp) { answer($0, .tiny) }
        }
        guard seeksBare, !search.hasSeenSymbol else { return patterns.count }
        // For what is rare, half of a large picture will do.
        for level in scans.indices where planes[level].width * planes[level].height <= 1_000_000 { scans[level].scanForBare() }
        let all = Self.patterns(scans)
        search.look(at: Array(FinderTriple.all(of: all).prefix(8)))
        return all.count
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

    static func scans(_ planes: [LumaPlane]) -> [FinderScan] {
        let count = max(1, planes.count - 1)
        return (0..<count).map { level in
            FinderScan(
                planes[level], half: level + 1 < planes.count ? planes[level + 1] : planes[level],
                greatestModule: level + 1 < count ? greatestModule : .infinity)
        }
    }

    /// The greatest module, in pixels, that is looked for in a plane of which the half is scanned, too.
    private static let greatestModule: Float = 12

    /// Finder patterns of all scales, in pixels of the whole picture, which is the first plane.
    static func patterns(_ scans: [FinderScan]) -> [FinderPattern] {
        var all: [FinderPattern] = []
        for (level, scan) in scans.enumerated() {
            let scale = Float(1 << level)
            // Those of one scan are known to differ.
            let finer = all.count
            for var pattern in scan.found {
                pattern.centre *= scale
                pattern.module *= scale
                if let known = all[..<finer].firstIndex(where: { $0.isSame(pattern) }) {
                    all[known].sights += pattern.sights
                } else {
                    all.append(pattern)
                }
            }
        }
        return all
    }
}
