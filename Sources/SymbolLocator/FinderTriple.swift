/// Three finder patterns that may be one symbol's.
struct FinderTriple: Sendable {
    /// Top left, top right and bottom left of an upright symbol, clockwise; a mirrored one has the latter two swapped.
    let corner, right, below: FinderPattern
    /// Greater the less the three look like one symbol's.
    let cost: Float
    /// Whether one of the three was not seen.
    private(set) var isCompleted = false

    /// The likely triples, the likeliest first.
    static func all(of patterns: [FinderPattern]) -> [FinderTriple] {
        let chosen = Array(patterns.sorted { $0.sights > $1.sights }.prefix(60))
        var triples: [FinderTriple] = []
        for corner in chosen {
            let near = neighbours(of: corner, in: chosen)
            for first in near.indices {
                for second in near.indices where second > first {
                    if let triple = FinderTriple(corner, near[first], near[second]) { triples.append(triple) }
                }
            }
        }
        // Numbers are moved about more cheaply than triples.
        return triples.indices.sorted { triples[$0].cost < triples[$1].cost }.prefix(64).map { triples[$0] }
    }

    /// Triples of two patterns that are seen well, or are among few, and a third that may be hidden where it would make a square with them.
    static func completed(_ patterns: [FinderPattern]) -> [FinderTriple] {
        let chosen = Array(patterns.filter { $0.sights > 1 || patterns.count < 5 }.sorted { $0.sights > $1.sights }.prefix(3))
        var triples: [FinderTriple] = []
        for (index, first) in chosen.enumerated() {
            for second in chosen[(index + 1)...] where neighbours(of: first, in: [second]).count == 1 {
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

    /// The nearest patterns of the same kind that can be in one symbol with a corner: 14 to 170 modules away, of about its size.
    private static func neighbours(of corner: FinderPattern, in patterns: [FinderPattern]) -> [FinderPattern] {
        let near = patterns.filter { other in
            guard other.isDark == corner.isDark, other.module < 2.5 * corner.module, corner.module < 2.5 * other.module else {
                return false
            }
            let distance = (other.centre - corner.centre).length / max(other.module, corner.module)
            // A pattern's module is taken up to √2 too large when the symbol is turned.
            return distance > 7 && distance < 190
        }
        return Array(near.sorted { ($0.centre - corner.centre).length < ($1.centre - corner.centre).length }.prefix(16))
    }

    /// The version by the distances of the patterns, in modules of their size.
    var version: Int {
        let modules =
            ((right.centre - corner.centre).length + (below.centre - corner.centre).length)
            / (corner.module + (right.module + below.module) / 2)
        return Int(((modules + 7 - 17) / 4).rounded())
    }

    private init?(_ corner: FinderPattern, _ first: FinderPattern, _ second: FinderPattern) {
        let (toFirst, toSecond) = (first.centre - corner.centre, second.centre - corner.centre)
        let (longer, shorter) = (max(toFirst.length, toSecond.length), min(toFirst.length, toSecond.length))
        let cosine = abs(toFirst.dot(toSecond)) / (longer * shorter)
        guard longer < 2.6 * shorter, cosine < 0.8 else { return nil }
        let modules = [corner.module, first.module, second.module]
        let spread = (modules.max() ?? 1) / (modules.min() ?? 1)
        self.corner = corner
        let isClockwise = toFirst.cross(toSecond) > 0
        right = isClockwise ? first : second
        below = isClockwise ? second : first
        // Few false patterns are seen more than once.
        let sights = Float(min(corner.sights, first.sights, second.sights))
        cost = cosine + (longer / shorter - 1) + 0.7 * (spread - 1) + 0.5 / sights
    }
}
