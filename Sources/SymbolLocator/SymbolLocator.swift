/// A symbol that was found.
public struct SymbolSight: Sendable {
    /// The symbol drawn anew: upright, flat, black on white, two pixels per module, with a quiet zone of one module:
    /// as much as ZBar needs.
    public let drawing: LumaPlane
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
}

/// Finds QR symbols in a picture, and draws each anew.
public struct SymbolLocator: Sendable {
    /// The rungs that are climbed; the others are left out.
    public var rungs: Set<SymbolRung>

    public init(rungs: Set<SymbolRung> = Set(SymbolRung.allCases)) { self.rungs = rungs }

    /// Calls `answer` with the symbols in a picture, the likeliest first, until it has seen all.
    public func locate(in picture: LumaPlane, _ answer: (SymbolSight, SymbolRung) -> SymbolAnswer) {
        withoutActuallyEscaping(answer) { locate(in: picture, escaping: $0) }
    }

    private func locate(in picture: LumaPlane, escaping answer: @escaping (SymbolSight, SymbolRung) -> SymbolAnswer) {
        guard picture.width > 0 else { return }
        let planes = Self.pyramid(picture)
        let patterns = Self.patterns(planes)
        var search = SymbolSearch(planes: planes, rungs: rungs, answer: answer)
        search.look(at: FinderTriple.all(of: patterns))
        if !search.hasSeenSymbol { search.look(at: FinderTriple.completed(patterns)) }
        search.lookHarder()
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
}
