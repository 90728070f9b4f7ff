/// Three finder patterns that may be one symbol's.
struct FinderTriple: Sendable {
    /// Top left, top right and bottom left of an upright symbol, clockwise; a mirrored one has the latter two swapped.
    private(set) var corner, right, below: FinderPattern
    /// Greater the less the three look like one symbol's.
    let cost: Float
    /// Whether the symbol would be seen at an angle of 45 degrees or more.
    let isSteep: Bool
    /// Whether one of the three was not seen.
    private(set) var isCompleted = false

    /// How many triples are tried at most.
    private static let most = 64

    /// The likely triples, the likeliest first.
    static func all(of patterns: [FinderPattern]) -> [FinderTriple] {
        let chosen = Array(patterns.sorted { $0.sights > $1.sights }.prefix(60))
        // The likeliest so far, by places in the chosen. There may be thousands, of which few get in.
        var best: [(cost: Float, corner: Int, first: Int, second: Int)] = []
        for (place, corner) in chosen.enumerated() {
            let near = neighbours(of: corner, in: chosen)
            for (index, first) in near.enumerated() {
                for second in near[(index + 1)...] {
                    guard let cost = cost(corner, first.pattern, second.pattern) else { continue }
                    if best.count == most {
                        guard cost < best[most - 1].cost else { continue }
                        best.removeLast()
                    }
                    best.insert((cost, place, first.place, second.place), at: best.firstIndex { $0.cost > cost } ?? best.count)
                }
            }
        }
        return best.compactMap { FinderTriple(chosen[$0.corner], chosen[$0.first], chosen[$0.second]) }
    }

    /// Triples of two patterns that are seen well, or are among few, and a third that may be hidden where it would make a square with them.
    static func completed(_ patterns: [FinderPattern]) -> [FinderTriple] {
        let chosen = Array(patterns.filter { $0.sights > 1 || patterns.count < 5 }.sorted { $0.sights > $1.sights }.prefix(3))
        var triples: [FinderTriple] = []
        for (index, first) in chosen.enumerated() {
            for second in chosen[(index + 1)...] where Neighbour(second, of: first) != nil {
                guard max(first.module, second.module) < 1.5 * min(first.module, second.module) else { continue }
                let apart = second.centre - first.centre
                let aside = Point(-apart.y, apart.x)
                let middle = (first.centre + second.centre) / 2
                let places = [
                    first.centre + aside, first.centre - aside, second.centre + aside, second.centre - aside,
                    middle + aside / 2, middle - aside / 2,
                ]
                for place in places {
                    let third = FinderPattern(
                        centre: place, module: (first.module + second.module) / 2, isDark: first.isDark)
                    let corners = [(first, second, third), (second, first, third), (third, first, second)]
                    // The corner is the pattern at the right angle.
                    guard var triple = corners.compactMap({ FinderTriple($0, $1, $2) }).min(by: { $0.cost < $1.cost }) else {
                        continue
                    }
                    triple.isCompleted = true
                    triples.append(triple)
                }
            }
        }
        return triples
    }

    /// A pattern that may be in one symbol with a corner, and where it is from there.
    private struct Neighbour {
        let pattern: FinderPattern
        let apart: Point
        let distance: Float

        /// Nil when it cannot be: of another size, or not 14 to 170 modules away.
        init?(_ pattern: FinderPattern, of corner: FinderPattern) {
            guard pattern.isDark == corner.isDark, pattern.module < 2.5 * corner.module, corner.module < 2.5 * pattern.module
            else { return nil }
            (self.pattern, apart) = (pattern, pattern.centre - corner.centre)
            distance = apart.length
            // A pattern's module is taken up to √2 too large when the symbol is turned.
            let modules = distance / max(pattern.module, corner.module)
            guard modules > 7, modules < 190 else { return nil }
        }
    }

    /// The nearest patterns that can be in one symbol with a corner, and their places among all.
    private static func neighbours(of corner: FinderPattern, in patterns: [FinderPattern])
        -> ArraySlice<(pattern: Neighbour, place: Int)>
    {
        patterns.indices.compactMap { place in Neighbour(patterns[place], of: corner).map { ($0, place) } }
            .sorted { $0.0.distance < $1.0.distance }.prefix(16)
    }

    /// The same in a plane at half the sides.
    var halved: FinderTriple {
        var other = self
        for pattern in [\FinderTriple.corner, \.right, \.below] {
            other[keyPath: pattern].centre /= 2
            other[keyPath: pattern].module /= 2
        }
        return other
    }

    /// Lines that cut the three, and whether several cut each.
    var sights: Int { corner.sights + right.sights + below.sights }
    var isSeenOften: Bool { min(corner.sights, right.sights, below.sights) > 2 }

    /// The version by the distances of the patterns, in modules of their size.
    var version: Int {
        let modules =
            ((right.centre - corner.centre).length + (below.centre - corner.centre).length)
            / (corner.module + (right.module + below.module) / 2)
        return Int(((modules + 7 - 17) / 4).rounded())
    }

    /// Greater the less the three look like one symbol's; nil when they do not at all.
    private static func cost(_ corner: FinderPattern, _ first: Neighbour, _ second: Neighbour) -> Float? {
        let (longer, shorter) = (max(first.distance, second.distance), min(first.distance, second.distance))
        let cosine = abs(first.apart.dot(second.apart)) / (longer * shorter)
        guard longer < 3.6 * shorter, cosine < 0.88 else { return nil }
        let (a, b, c) = (corner.module, first.pattern.module, second.pattern.module)
        let spread = max(a, b, c) / min(a, b, c)
        // Few false patterns are seen more than once.
        let sights = Float(min(corner.sights, first.pattern.sights, second.pattern.sights))
        return cosine + (longer / shorter - 1) + 0.7 * (spread - 1) + 0.5 / sights
    }

    private init?(_ corner: FinderPattern, _ first: FinderPattern, _ second: FinderPattern) {
        guard let first = Neighbour(first, of: corner), let second = Neighbour(second, of: corner),
            let cost = Self.cost(corner, first, second)
        else { return nil }
        (self.corner, self.cost) = (corner, cost)
        let (longer, shorter) = (max(first.distance, second.distance), min(first.distance, second.distance))
        isSteep = longer > 1.4 * shorter || abs(first.apart.dot(second.apart)) > 0.35 * longer * shorter
        let isClockwise = first.apart.cross(second.apart) > 0
        right = isClockwise ? first.pattern : second.pattern
        below = isClockwise ? second.pattern : first.pattern
    }
}
