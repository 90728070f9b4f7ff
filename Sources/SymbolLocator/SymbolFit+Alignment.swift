import QRCode

extension SymbolFit {
    /// Displaces the symbol so that its alignment patterns come to lie where they are seen: from version 7 on there are several, and
    /// between them a bent card is nearly flat.
    ///
    /// They are looked for from the finder patterns outwards, each where its neighbours let it be expected.
    mutating func alignLattice() {
        let centres = model.patterns.alignmentCentres
        let count = centres.count
        guard count > 2 else { return }
        var shifts = [Point?](repeating: nil, count: count * count)
        let nodes = (0..<count * count).map { (x: $0 % count, y: $0 / count) }
            .sorted { Self.steps(from: $0, count) < Self.steps(from: $1, count) }
        var found = 0
        for node in nodes {
            let middle = Point(Float(centres[node.x]) + 0.5, Float(centres[node.y]) + 0.5)
            let expected = Self.expected(shifts, node, count)
            // Under the three finder patterns there is none to be seen.
            let isFinder = Self.steps(from: node, count) == 0
            let match = isFinder ? nil : nearestAlignment(to: middle, shift: expected)
            if match != nil { found += 1 }
            shifts[node.y * count + node.x] = match ?? expected
        }
        guard found > 0 else { return }
        displace { place in
            // Bilinear between the patterns, and on beyond the last.
            let (column, row) = (Self.interval(centres, place.x), Self.interval(centres, place.y))
            let x = (place.x - Float(centres[column]) - 0.5) / Float(centres[column + 1] - centres[column])
            let y = (place.y - Float(centres[row]) - 0.5) / Float(centres[row + 1] - centres[row])
            func shift(_ dx: Int, _ dy: Int) -> Point { shifts[(row + dy) * count + column + dx] ?? .zero }
            let upper = shift(0, 0) * (1 - x) + shift(1, 0) * x
            let lower = shift(0, 1) * (1 - x) + shift(1, 1) * x
            return upper * (1 - y) + lower * y
        }
    }

    private static func interval(_ centres: [Int], _ place: Float) -> Int {
        min(centres.count - 2, max(0, (centres.firstIndex { Float($0) > place } ?? centres.count) - 1))
    }

    /// Steps in the lattice of alignment patterns to the nearest finder pattern.
    private static func steps(from node: (x: Int, y: Int), _ count: Int) -> Int {
        let last = count - 1
        return min(node.x + node.y, last - node.x + node.y, node.x + last - node.y)
    }

    /// What the neighbours' displacements, carried on, let expect.
    private static func expected(_ shifts: [Point?], _ node: (x: Int, y: Int), _ count: Int) -> Point {
        var (sum, weight): (Point, Float) = (.zero, 0)
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            func at(_ steps: Int) -> Point? {
                let (x, y) = (node.x + dx * steps, node.y + dy * steps)
                return x >= 0 && y >= 0 && x < count && y < count ? shifts[y * count + x] : nil
            }
            guard let near = at(1) else { continue }
            sum += near + (near - (at(2) ?? near))
            weight += 1
        }
        return sum / max(1, weight)
    }

    /// The displacement, in pixels, at which an alignment pattern is seen best, within two modules of one; nil when none is.
    private func nearestAlignment(to middle: Point, shift: Point) -> Point? {
        let here = position(middle)
        let (across, down) = (position(middle + Point(1, 0)) - here, position(middle + Point(0, 1)) - here)
        var (best, found): (Float, Point) = (0, shift)
        for (reach, step) in [(Float(2), Float(0.5)), (0.25, 0.25)] {
            let start = found
            for y in stride(from: -reach, through: reach, by: step) {
                for x in stride(from: -reach, through: reach, by: step) {
                    let shift = start + across * x + down * y
                    // Of two that match alike, the nearer is likelier.
                    let match = alignmentMatch(at: middle, shift: shift) - 0.02 * Point(x, y).length
                    if match > best { (best, found) = (match, shift) }
                }
            }
        }
        return best > 0.6 ? found : nil
    }
}
