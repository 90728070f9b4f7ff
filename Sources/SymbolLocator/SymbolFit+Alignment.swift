import QRCode

extension SymbolFit {
    /// Displaces the symbol so that its alignment patterns come to lie where they are seen: from version 7 on there are several, and
    /// between them a bent card is nearly flat.
    ///
    /// They are looked for from the finder patterns outwards, each where its neighbours let it be expected.
    mutating func alignLattice() {
        let centres = model.patterns.alignmentCentres
        let count = centres.count
        // What is displaced already, would be displaced from there.
        guard count > 2, map.lattice == 0, let shifts = shifts(of: centres) else { return }
        displace { place in
            // Bilinear between the patterns, and on beyond the last.
            let (column, row) = (Self.interval(centres, place.x), Self.interval(centres, place.y))
            let x = (place.x - Float(centres[column]) - 0.5) / Float(centres[column + 1] - centres[column])
            let y = (place.y - Float(centres[row]) - 0.5) / Float(centres[row + 1] - centres[row])
            func shift(_ dx: Int, _ dy: Int) -> Point { shifts[(row + dy) * count + column + dx] }
            let upper = shift(0, 0) * (1 - x) + shift(1, 0) * x
            let lower = shift(0, 1) * (1 - x) + shift(1, 1) * x
            return upper * (1 - y) + lower * y
        }
    }

    /// How far, in pixels, each alignment pattern of a lattice is seen from where the map has it; nil when none is seen. Three places are
    /// under the finder patterns.
    private func shifts(of centres: [Int]) -> [Point]? {
        let count = centres.count
        var shifts = [Point?](repeating: nil, count: count * count)
        for (index, node) in [0, count - 1, count * (count - 1)].enumerated() { shifts[node] = finderShift(index) }
        let nodes = (0..<count * count).map { (x: $0 % count, y: $0 / count) }
            .filter { Self.steps(from: $0, count) > 0 }
            .sorted { Self.steps(from: $0, count) < Self.steps(from: $1, count) }
        var seen = Set<Int>()
        // What was expected at the wrong place may be seen once its other neighbours are.
        for node in nodes + nodes where !seen.contains(node.y * count + node.x) {
            let (here, middle) = (node.y * count + node.x, Point(Float(centres[node.x]) + 0.5, Float(centres[node.y]) + 0.5))
            let expected = Self.expected(shifts, node, count)
            let match = nearestAlignment(to: middle, shift: expected)
            if match != nil { seen.insert(here) }
            shifts[here] = match ?? expected
        }
        guard !seen.isEmpty else { return nil }
        var all = shifts.map { $0 ?? .zero }
        // The middle of a finder pattern is three modules farther out than where an alignment pattern would be.
        let (first, last) = (Float(centres[1] - centres[0]), Float(centres[count - 1] - centres[count - 2]))
        for (node, aside, below, across, down) in [
            (0, 1, count, first, first), (count - 1, count - 2, 2 * count - 1, last, first),
            (count * (count - 1), count * (count - 1) + 1, count * (count - 2), first, last),
        ] {
            let shift = all[node]
            all[node] += (all[aside] - shift) * (3 / (across + 3)) + (all[below] - shift) * (3 / (down + 3))
        }
        return all
    }

    /// How far the middle of one of the three finder patterns is seen from where the map has it; nothing when that is another's place.
    private func finderShift(_ index: Int) -> Point {
        guard finders.count == 3 else { return .zero }
        let far = Float(model.size) - 3.5
        let shift = finders[index] - position(Point(index == 1 ? far : 3.5, index == 2 ? far : 3.5))
        return shift.length < 2 * pixelsPerModule ? shift : .zero
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
        // Of two that match alike, the nearer is likelier.
        var (best, found) = AlignmentGrid(self, around: middle, shift: shift, reach: 4, perModule: 2).best(cost: 0.02)
        for step in Self.nextTo {
            let place = found + step / 4
            let match = alignmentMatch(at: middle, shift: shift + across * place.x + down * place.y) - 0.02 * place.length
            if match > best { (best, found) = (match, place) }
        }
        return best > 0.6 ? shift + across * found.x + down * found.y : nil
    }

    private static let nextTo = [
        Point(-1, -1), Point(0, -1), Point(1, -1), Point(-1, 0), Point(1, 0), Point(-1, 1), Point(0, 1), Point(1, 1),
    ]

    /// Moves the fourth corner so that the farthest alignment pattern comes to lie where it is seen.
    mutating func alignFourthCorner() {
        guard let alignment = model.lastAlignment else { return }
        let reach = Int(min(6, 2 + Float(model.size) / 14))
        var (best, found) = AlignmentGrid(self, around: alignment, reach: reach, perModule: 1).best(cost: 0)
        for share: Float in [0.5, 0.25] {
            let middle = found
            for step in Self.nextTo {
                let match = alignmentMatch(at: alignment + middle + step * share)
                if match > best { (best, found) = (match, middle + step * share) }
            }
        }
        guard best > 0.5 else { return }
        var moved = corners
        let target = position(alignment + found)
        for _ in 0..<3 {
            guard let map = map.moved(to: moved) else { return }
            let here = map(alignment.x / Float(model.size), alignment.y / Float(model.size))
            moved.bottomRight += target - here
        }
        guard let map = map.moved(to: moved) else { return }
        let quality = correlation(map)
        if quality > self.quality { (self.corners, self.map, self.quality) = (moved, map, quality) }
    }

    /// How well an alignment pattern's 5 × 5 modules correlate with what is at a place.
    private func alignmentMatch(at centre: Point, shift: Point = .zero) -> Float {
        let grid = AlignmentGrid(self, around: centre, shift: shift, reach: 0, perModule: 1)
        return grid.match(0, 0)
    }
}

/// The luma at a lattice of points around a place in a symbol, among which an alignment pattern is looked for.
private struct AlignmentGrid {
    /// Steps of the lattice on each side of the middle at which a pattern may be.
    private let reach: Int
    private let perModule: Int
    private let isDark: Bool
    /// Rows of `width` points.
    private let width: Int
    private let luma: [Float]

    init(_ fit: SymbolFit, around centre: Point, shift: Point = .zero, reach: Int, perModule: Int) {
        (self.reach, self.perModule, isDark) = (reach, perModule, fit.isDark)
        // A pattern reaches two modules out from its middle.
        width = 2 * (reach + 2 * perModule) + 1
        let (module, scale) = (1 / Float(perModule), 1 / Float(fit.model.size))
        let first = centre - Float(reach + 2 * perModule) * module
        luma = [Float](columns: width, rows: width) { column, row in
            let v = Eight(repeating: (first.y + Float(row) * module) * scale)
            let place = fit.map(((Eight.steps + Float(column)) * module + first.x) * scale, v)
            return fit.plane.samples(place.x + shift.x, place.y + shift.y)
        }
    }

    /// How well a pattern correlates with what is so many steps from the middle.
    func match(_ x: Int, _ y: Int) -> Float {
        var (sum, squares, light): (Float, Float, Float) = (0, 0, 0)
        for row in 0..<5 {
            for column in 0..<5 {
                let value = luma[(y + reach + row * perModule) * width + x + reach + column * perModule]
                sum += value
                squares += value * value
                // Eight of the 25 modules are light.
                if max(abs(row - 2), abs(column - 2)) == 1 { light += value }
            }
        }
        return SymbolFit.correlation(sum, squares, light, 8, signSquares: 8, count: 25, isDark)
    }

    /// The best match, and where it is, in modules from the middle; `cost` is what a match loses by each module.
    func best(cost: Float) -> (match: Float, place: Point) {
        var best: (match: Float, place: Point) = (-1, .zero)
        for y in -reach...reach {
            for x in -reach...reach {
                let place = Point(Float(x), Float(y)) / Float(perModule)
                let match = match(x, y) - cost * place.length
                if match > best.match { best = (match, place) }
            }
        }
        return best
    }
}
