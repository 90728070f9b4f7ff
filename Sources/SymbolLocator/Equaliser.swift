/// Takes out of a symbol's modules what blur brings into each from those around it: decision feedback equalisation.
///
/// How much that is, a least-squares fit over the known modules says; what the neighbours are, the contrast says itself, better with
/// each round.
struct Equaliser {
    private let samples: ModuleSamples
    private let contrast: [Float]
    /// 1 for light, -1 for dark, between for doubt; a frame of two light modules around the symbol.
    private var colours: [Float]
    private let stride: Int

    private static let rounds = 4

    init(_ samples: ModuleSamples, _ contrast: [Float]) {
        self.samples = samples
        // Eight at a time are taken: past the last, some are to spare.
        self.contrast = contrast + [Float](repeating: 0, count: 8)
        stride = samples.size + 4
        colours = [Float](repeating: 1, count: stride * stride + 8)
    }

    /// The contrast of each module on its own.
    mutating func equalised() -> [Float] {
        let size = samples.size
        var equal = contrast
        var scale = contrast.reduce(0) { $0 + abs($1) } / Float(size * size) + 1e-3
        for _ in 0..<Self.rounds {
            for y in 0..<size {
                for x in 0..<size { colours[(y + 2) * stride + x + 2] = min(1, max(-1, equal[y * size + x] / scale)) }
            }
            for module in samples.model.modules { colours[place(module)] = module.sign }
            guard let weights = weights() else { break }
            equal = unblurred(weights)
            scale = max(0.5 * weights[0], 1)
        }
        return Array(equal.prefix(size * size))
    }

    /// The contrast without what blur brings in.
    private func unblurred(_ weights: SIMD8<Float>) -> [Float] {
        let (size, stride) = (samples.size, stride)
        return unsafe colours.withUnsafeBytes { colours in
            unsafe contrast.withUnsafeBytes { contrast in
                [Float](columns: size, rows: size) { x, y in
                    func both(_ apart: Int) -> Eight {
                        let middle = (y + 2) * stride + x + 2
                        let before = unsafe colours.loadUnaligned(fromByteOffset: 4 * (middle - apart), as: Eight.self)
                        return unsafe before + colours.loadUnaligned(fromByteOffset: 4 * (middle + apart), as: Eight.self)
                    }
                    // In the order of ``around(_:)``.
                    var own = unsafe contrast.loadUnaligned(fromByteOffset: 4 * (y * size + x), as: Eight.self)
                    own -= both(1) * weights[1] + both(stride) * weights[2] + both(stride + 1) * weights[3]
                    return own - both(stride - 1) * weights[4] - both(2) * weights[5] - both(2 * stride) * weights[6]
                }
            }
        }
    }

    private func place(_ module: SymbolModel.Module) -> Int {
        let (x, y) = (Int(module.position.x) + 2, Int(module.position.y) + 2)
        return samples.isMirrored ? x * stride + y : y * stride + x
    }

    /// A module's colour, and the sums of its neighbours' in pairs: across, down, along both diagonals, two modules across and down.
    @inline(__always) private func around(_ place: Int) -> SIMD8<Float> {
        SIMD8(
            colours[place], colours[place - 1] + colours[place + 1], colours[place - stride] + colours[place + stride],
            colours[place - stride - 1] + colours[place + stride + 1], colours[place - stride + 1] + colours[place + stride - 1],
            colours[place - 2] + colours[place + 2], colours[place - 2 * stride] + colours[place + 2 * stride], 0)
    }

    /// How much of a module's contrast is its own, and how much its neighbours'; nil when the known modules do not say.
    private func weights() -> SIMD8<Float>? {
        // The normal equations; the last column is the right side. A little on the diagonal settles what the modules leave open.
        var rows = (0..<7).map { row in
            var equation = SIMD8<Float>.zero
            equation[row] = 1
            return equation
        }
        for module in samples.model.modules {
            let place = place(module)
            var terms = around(place)
            let (x, y) = (place % stride - 2, place / stride - 2)
            terms[7] = contrast[y * samples.size + x]
            for row in rows.indices { rows[row] += terms * terms[row] }
        }
        for pivot in rows.indices {
            guard abs(rows[pivot][pivot]) > 1e-3 else { return nil }
            rows[pivot] /= rows[pivot][pivot]
            for row in rows.indices where row != pivot { rows[row] -= rows[pivot] * rows[row][pivot] }
        }
        var weights = SIMD8<Float>.zero
        for row in rows.indices { weights[row] = rows[row][7] }
        return weights
    }
}
