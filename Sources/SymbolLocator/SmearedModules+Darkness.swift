extension SmearedModules {
    /// 1 for each dark module, 0 for each light one.
    func darkness() -> [Float] { flipped(relaxed()) }

    private static let rounds = 100

    /// How dark each module is when it may be grey: accelerated projected gradients (Beck and Teboulle, A Fast Iterative
    /// Shrinkage-Thresholding Algorithm, SIAM J. Imaging Sciences 2, 2009), which start anew when they lead uphill (O'Donoghue and Candès,
    /// Adaptive Restart for Accelerated Gradient Schemes, Found. Comput. Math. 15, 2015).
    private func relaxed() -> [Float] {
        // A step no longer than one over the greatest sum of a module's overlaps goes downhill.
        var sums = [Float](repeating: 0, count: size * size)
        for tap in taps { for place in sums.indices { sums[place] += tap.overlaps[place] } }
        let pace = 1 / (sums.max() ?? 1)
        var around = [Float](repeating: 0, count: (size + 2 * reach.y) * stride + 8)
        var dark = (0..<size * size).map { isKnown[$0] == 1 ? known[$0] : 0.5 }
        var (ahead, speed) = (dark, Float(1))
        for _ in 0..<Self.rounds {
            for y in 0..<size {
                let first = (y + reach.y) * stride + reach.x
                for x in 0..<size { around[first + x] = ahead[y * size + x] }
            }
            let next = stepped(around, pace)
            var uphill: Float = 0
            for place in dark.indices { uphill += (ahead[place] - next[place]) * (next[place] - dark[place]) }
            if uphill > 0 { speed = 1 }
            let nextSpeed = (1 + (1 + 4 * speed * speed).squareRoot()) / 2
            let share = (speed - 1) / nextSpeed
            for place in dark.indices {
                ahead[place] = next[place] + share * (next[place] - dark[place])
                dark[place] = next[place]
            }
            speed = nextSpeed
        }
        return dark
    }

    private func stepped(_ around: [Float], _ pace: Float) -> [Float] {
        let (size, stride, reach, blocks) = (size, stride, reach, (size + 7) / 8)
        let offsets = taps.map { 4 * ($0.y * stride + $0.x) }
        return unsafe around.withUnsafeBytes { around in
            unsafe eights.withUnsafeBufferPointer { eights in
                unsafe seen.withUnsafeBytes { seen in
                    unsafe isKnown.withUnsafeBytes { isKnown in
                        unsafe known.withUnsafeBytes { known in
                            [Float](columns: size, rows: size) { x, y in
                                let place = 4 * (y * size + x)
                                let middle = 4 * ((y + reach.y) * stride + reach.x + x)
                                let first = (y * blocks + x / 8) * offsets.count
                                var rest = unsafe seen.loadUnaligned(fromByteOffset: place, as: Eight.self)
                                for index in offsets.indices {
                                    let there = unsafe around.loadUnaligned(
                                        fromByteOffset: middle &+ offsets[index], as: Eight.self)
                                    rest -= unsafe eights[first &+ index] * there
                                }
                                let here = unsafe around.loadUnaligned(fromByteOffset: middle, as: Eight.self)
                                let value = (here + rest * pace).clamped(to: 1)
                                let fixed = unsafe isKnown.loadUnaligned(fromByteOffset: place, as: Eight.self)
                                return unsafe value * (1 - fixed) + known.loadUnaligned(fromByteOffset: place, as: Eight.self)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Modules, from one on, that are flipped together: what smearing hides best is that two beside each other change places, and that the
    /// same happens again where the way ends that one of them went.
    private var moves: [[(x: Int, y: Int)]] {
        let isAcross = abs(way.x) > abs(way.y)
        func along(_ steps: [Int]) -> [(x: Int, y: Int)] { steps.map { isAcross ? ($0, 0) : (0, $0) } }
        let length = Int(max(abs(way.x), abs(way.y)))
        let near = [
            [(0, 0)], [(0, 0), (1, 0)], [(0, 0), (0, 1)], [(0, 0), (1, 1)], [(0, 0), (-1, 1)], [(0, 0), (2, 0)],
            [(0, 0), (0, 2)],
            [(0, 0), (1, 0), (0, 1), (1, 1)], along([0, 1, 2]), along([0, 1, 2, 3]),
        ]
        guard length > 0 else { return near }
        return near + [
            along([0, length]), along([0, length + 1]), along([0, 1, length, length + 1]), along([0, 1, length + 1, length + 2]),
        ]
    }

    /// By how much squares have to fall for a flip, in shares of what one module makes: what helps much comes first, and ends in fewer
    /// places from which nothing helps.
    private static let shares: [Float] =
        [2, 1.4, 1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.09, 0.06, 0.04, 0.03, 0.02, 0.01] + Array(repeating: 1e-4, count: 10)

    /// Decides for each module, and goes on to flip one or some near each other as long as they come nearer to what is there.
    private func flipped(_ grey: [Float]) -> [Float] {
        let moves = moves.map { Move($0, of: self) }
        let overlaps = taps.flatMap(\.overlaps)
        let count = isKnown.count
        // A flip's change of a module, and by how much the squares grow by it alone: past all bounds when the module is known.
        var change = grey.map { $0 > 0.5 ? Float(-1) : 1 }
        var alone = [Float](repeating: 0, count: size * size)
        var rest = seen
        let own = taps.first { $0.x == 0 && $0.y == 0 }?.overlaps ?? []
        func weigh(_ place: Int) { alone[place] = isKnown[place] == 1 ? .infinity : own[place] - 2 * change[place] * rest[place] }
        func add(_ darkness: Float, _ place: Int) {
            let (x, y) = (place % size, place / size)
            for tap in taps where x + tap.x >= 0 && x + tap.x < size && y + tap.y >= 0 && y + tap.y < size {
                let other = place + tap.y * size + tap.x
                rest[other] -= darkness * tap.overlaps[place]
                weigh(other)
            }
        }
        for place in alone.indices where change[place] < 0 { add(1, place) }
        for place in alone.indices { weigh(place) }
        // By how much the squares grow at least by a move from each place, until something near it changes.
        var leastCosts = alone.map { $0 < .infinity ? -Float.infinity : .infinity }
        let far = (x: reach.x + (moves.map(\.reach.x).max() ?? 0), y: reach.y + (moves.map(\.reach.y).max() ?? 0))
        func forget(around place: Int) {
            let (x, y) = (place % size, place / size)
            for row in max(0, y - far.y)...min(size - 1, y + far.y) {
                for column in max(0, x - far.x)...min(size - 1, x + far.x) where leastCosts[row * size + column] < .infinity {
                    leastCosts[row * size + column] = -.infinity
                }
            }
        }
        for share in Self.shares {
            var isChanged = false
            for place in alone.indices where leastCosts[place] < -share * own[place] {
                let (x, y) = (place % size, place / size)
                let (best, least) = unsafe alone.withUnsafeBufferPointer { alone in
                    unsafe change.withUnsafeBufferPointer { change in
                        unsafe overlaps.withUnsafeBufferPointer { overlaps in
                            var (best, least) = (0, Float.greatestFiniteMagnitude)
                            for index in moves.indices where moves[index].fits(x, y, size) {
                                var cost: Float = 0
                                for offset in moves[index].offsets { cost += unsafe alone[place &+ offset] }
                                for pair in moves[index].pairs {
                                    let one = place &+ pair.one
                                    let both = unsafe change[one] * change[place &+ pair.other]
                                    cost += unsafe 2 * both * overlaps[pair.tap &* count &+ one]
                                }
                                if cost < least { (best, least) = (index, cost) }
                            }
                            return (best, least)
                        }
                    }
                }
                leastCosts[place] = least
                guard least < -share * own[place] else { continue }
                for offset in moves[best].offsets {
                    let darkness = change[place + offset]
                    change[place + offset] = -darkness
                    add(darkness, place + offset)
                    forget(around: place + offset)
                }
                isChanged = true
            }
            if share == Self.shares.last, !isChanged { break }
        }
        return change.map { $0 < 0 ? 1 : 0 }
    }

    /// Modules that are flipped together, by their places among all from the first on, and the pairs that have pixels in common.
    private struct Move {
        let offsets: [Int]
        let pairs: [(one: Int, other: Int, tap: Int)]
        private let columns: ClosedRange<Int>
        private let rows: Int
        /// How far any of them is from the first.
        var reach: (x: Int, y: Int) { (max(-columns.lowerBound, columns.upperBound), rows) }

        init(_ steps: [(x: Int, y: Int)], of modules: SmearedModules) {
            let offsets = steps.map { $0.y * modules.size + $0.x }
            self.offsets = offsets
            pairs = steps.indices.flatMap { one in
                (0..<one).compactMap { other in
                    let apart = (x: steps[other].x - steps[one].x, y: steps[other].y - steps[one].y)
                    let tap = modules.taps.firstIndex { $0.x == apart.x && $0.y == apart.y }
                    return tap.map { (offsets[one], offsets[other], $0) }
                }
            }
            columns = min(0, steps.map(\.x).min() ?? 0)...max(0, steps.map(\.x).max() ?? 0)
            rows = steps.map(\.y).max() ?? 0
        }

        /// Whether all of them are in a symbol.
        @inline(__always) func fits(_ x: Int, _ y: Int, _ size: Int) -> Bool {
            x + columns.lowerBound >= 0 && x + columns.upperBound < size && y + rows < size
        }
    }
}
