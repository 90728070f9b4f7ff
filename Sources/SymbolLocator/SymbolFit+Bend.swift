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
        let spacing = Float(model.size) / Float(count - 1)
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
                var best = clearness(around: node * spacing, reach: spacing)
                for _ in 0..<2 {
                    var isMoved = false
                    for step in Self.steps {
                        let before = map.displacements[index]
                        map.displacements[index] += step * share * module
                        let value = clearness(around: node * spacing, reach: spacing)
                        if value > best * 1.01 { (best, isMoved) = (value, true) } else { map.displacements[index] = before }
                    }
                    if !isMoved { break }
                }
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
