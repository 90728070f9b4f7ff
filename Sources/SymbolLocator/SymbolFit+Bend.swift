extension SymbolFit {
    /// Bends the symbol as a card is bent, across and down, as long as modules get clearer by it.
    mutating func bend() {
        let deviation = variance(map).squareRoot()
        func measure(_ map: SymbolMap) -> Float { correlation(map) + variance(map).squareRoot() / max(1, deviation) }
        var best = measure(map)
        let module = pixelsPerModule
        for share: Float in [1.5, 0.75, 0.4, 0.2, 0.1] {
            for _ in 0..<3 {
                var isMoved = false
                for step in Self.steps {
                    for bend in [\SymbolMap.bendAcross, \SymbolMap.bendDown] {
                        var moved = map
                        moved[keyPath: bend] += step * share * module
                        let value = measure(moved)
                        if value > best { (map, best, isMoved) = (moved, value, true) }
                    }
                    var shifted = corners
                    shifted.bottomRight += step * share * module
                    guard let moved = map.moved(to: shifted) else { continue }
                    let value = measure(moved)
                    if value > best { (corners, map, best, isMoved) = (shifted, moved, value, true) }
                }
                if !isMoved { break }
            }
        }
        quality = correlation(map)
    }

    /// Displaces the points of a lattice, about six modules apart, to where the modules around each are clearest, from the finder
    /// patterns outwards: for a crumpled card.
    mutating func crumple() {
        let isNew = map.lattice == 0
        if isNew { displace { _ in .zero } }
        let count = map.lattice
        let module = pixelsPerModule
        // The three corners with finder patterns are in place.
        let order = (0..<count * count).map { Point(Float($0 % count), Float($0 / count)) }
            .sorted { Self.distance($0, count) < Self.distance($1, count) }
        for share: Float in [0.4, 0.2] {
            for node in order {
                let index = Int(node.y) * count + Int(node.x)
                if isNew, share == 0.4, Self.distance(node, count) > 1 {
                    map.displacements[index] = settledNeighbours(of: node, count)
                }
                let surroundings = Surroundings(of: node, self)
                var (shift, best) = (Point.zero, surroundings.clearness(in: plane, shift: .zero))
                for _ in 0..<2 {
                    var isMoved = false
                    for step in Self.steps {
                        let moved = shift + step * share * module
                        let value = surroundings.clearness(in: plane, shift: moved)
                        if value > best * 1.01 { (shift, best, isMoved) = (moved, value, true) }
                    }
                    if !isMoved { break }
                }
                map.displacements[index] += shift
            }
        }
        quality = correlation(map)
    }

    /// Adds to the map a lattice with points about six modules apart, and the displacement that each place is given.
    mutating func displace(_ displacement: (Point) -> Point) {
        let count = max(4, (model.size + 3) / 6 + 1)
        let spacing = Float(model.size) / Float(count - 1)
        let before = map
        map.lattice = count
        map.displacements = (0..<count * count).map { index in
            let node = Point(Float(index % count), Float(index / count))
            return displacement(node * spacing)
        }
        let after = correlation(map)
        if after < quality, map.displacements.contains(where: { $0 != .zero }) { map = before } else { quality = after }
    }

    /// Steps of the lattice to the nearest corner with a finder pattern.
    private static func distance(_ node: Point, _ count: Int) -> Float {
        let last = Float(count - 1)
        return min(node.length, (node - Point(last, 0)).length, (node - Point(0, last)).length)
    }

    /// The mean displacement of those neighbours of a lattice point that are nearer to a finder pattern.
    private func settledNeighbours(of node: Point, _ count: Int) -> Point {
        var (sum, settled): (Point, Float) = (.zero, 0)
        for step in Self.steps {
            let near = node + step
            guard near.x >= 0, near.y >= 0, near.x < Float(count), near.y < Float(count),
                Self.distance(near, count) < Self.distance(node, count)
            else { continue }
            sum += map.displacements[Int(near.y) * count + Int(near.x)]
            settled += 1
        }
        return sum / max(1, settled)
    }
}

/// Every second module of every second row around a point of a lattice.
private struct Surroundings {
    /// Where a row's modules are seen, and how much of the point's displacement each has. Those beyond the last column do not count.
    private var rows: [(x: Eight, y: Eight, share: Eight, isInside: SIMDMask<SIMD8<Int32>>)] = []

    init(of node: Point, _ fit: SymbolFit) {
        let (size, intervals) = (Float(fit.model.size), Float(fit.map.lattice - 1))
        // A point moves what is less than one interval away, seven modules at most: seven of every second.
        let (first, last) = ((node - 1) * (size / intervals), (node + 1) * (size / intervals))
        for y in stride(from: Int(max(0, first.y)), to: Int(min(size, last.y)), by: 2) {
            let column = Int(max(0, first.x)) + y / 2 % 2
            let middles = Eight.steps * 2 + (Float(column) + 0.5)
            let (u, v) = (middles / size, Eight(repeating: (Float(y) + 0.5) / size))
            let place = fit.map(u, v)
            let share = Self.share(u * intervals - node.x) * Self.share(v * intervals - node.y)
            rows.append((place.x, place.y, share, middles .< min(size, last.x).rounded(.down)))
        }
    }

    /// Of the displacement, by the distance in intervals.
    private static func share(_ distance: Eight) -> Eight {
        let share = 1 - distance.replacing(with: -distance, where: distance .< 0)
        return share.replacing(with: 0, where: share .< 0)
    }

    /// The variance of the modules' luma when the point is displaced: between modules dark and light mix.
    func clearness(in plane: LumaPlane, shift: Point) -> Float {
        var spread = Spread()
        for row in rows {
            spread.add(plane.samples(row.x + shift.x * row.share, row.y + shift.y * row.share), where: row.isInside)
        }
        return spread.variance
    }
}
