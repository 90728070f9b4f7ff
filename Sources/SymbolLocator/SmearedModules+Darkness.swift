extension SmearedModules {
    /// 1 for each dark module, 0 for each light one.
    func darkness() -> [Float] { flipped(relaxed()) }

    private static let rounds = 150

    /// How dark each module is when it may be grey: accelerated projected gradients (Beck and Teboulle, A Fast Iterative
    /// Shrinkage-Thresholding Algorithm, SIAM J. Imaging Sciences 2, 2009).
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
                                let value = (here + rest * pace).clamped(lowerBound: .zero, upperBound: Eight(repeating: 1))
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
        return [
            [(0, 0)], [(0, 0), (1, 0)], [(0, 0), (0, 1)], [(0, 0), (1, 1)], [(0, 0), (-1, 1)], [(0, 0), (2, 0)],
            [(0, 0), (0, 2)],
            [(0, 0), (1, 0), (0, 1), (1, 1)], along([0, 1, 2]), along([0, 1, 2, 3]), along([0, length]), along([0, length + 1]),
            along([0, 1, length, length + 1]), along([0, 1, length + 1, length + 2]),
        ]
    }

    /// By how much squares have to fall for a flip, in shares of what one module makes: what helps much comes first, and ends in fewer
    /// places from which nothing helps.
    private static let shares: [Float] =
        [2, 1.4, 1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.09, 0.06, 0.04, 0.03, 0.02, 0.01] + Array(repeating: 1e-4, count: 10)

    /// Decides for each module, and goes on to flip one or some near each other as long as they come nearer to what is there.
    private func flipped(_ grey: [Float]) -> [Float] {
        var table = [Int](repeating: -1, count: (2 * reach.x + 1) * (2 * reach.y + 1))
        for (index, tap) in taps.enumerated() { table[(tap.y + reach.y) * (2 * reach.x + 1) + tap.x + reach.x] = index }
        func overlap(_ place: Int, _ x: Int, _ y: Int) -> Float {
            guard abs(x) <= reach.x, abs(y) <= reach.y else { return 0 }
            let index = table[(y + reach.y) * (2 * reach.x + 1) + x + reach.x]
            return index < 0 ? 0 : taps[index].overlaps[place]
        }
        let moves = moves
        var dark = grey.map { $0 > 0.5 ? Float(1) : 0 }
        var rest = seen
        func flip(_ x: Int, _ y: Int) {
            let place = y * size + x
            let change = 1 - 2 * dark[place]
            dark[place] += change
            add(change, x, y)
        }
        func add(_ change: Float, _ x: Int, _ y: Int) {
            for tap in taps where x + tap.x >= 0 && x + tap.x < size && y + tap.y >= 0 && y + tap.y < size {
                rest[(y + tap.y) * size + x + tap.x] -= change * tap.overlaps[y * size + x]
            }
        }
        for y in 0..<size { for x in 0..<size where dark[y * size + x] == 1 { add(1, x, y) } }
        /// By how much the squares grow.
        func cost(_ move: [(x: Int, y: Int)], _ x: Int, _ y: Int) -> Float? {
            var cost: Float = 0
            for (index, step) in move.enumerated() {
                guard x + step.x >= 0, x + step.x < size, y + step.y < size else { return nil }
                let place = (y + step.y) * size + x + step.x
                guard isKnown[place] == 0 else { return nil }
                let change = 1 - 2 * dark[place]
                cost += overlap(place, 0, 0) - 2 * change * rest[place]
                for other in move[..<index] {
                    let both = change * (1 - 2 * dark[(y + other.y) * size + x + other.x])
                    cost += 2 * both * overlap(place, other.x - step.x, other.y - step.y)
                }
            }
            return cost
        }
        for share in Self.shares {
            var isChanged = false
            for y in 0..<size {
                for x in 0..<size {
                    var (best, least): (Int?, Float) = (nil, -share * overlap(y * size + x, 0, 0))
                    for (index, move) in moves.enumerated() {
                        if let cost = cost(move, x, y), cost < least { (best, least) = (index, cost) }
                    }
                    guard let best else { continue }
                    for step in moves[best] { flip(x + step.x, y + step.y) }
                    isChanged = true
                }
            }
            if share == Self.shares.last, !isChanged { break }
        }
        return dark
    }
}
