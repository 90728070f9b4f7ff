import QRCode

/// The luma of each module of a symbol, and what they are taken for.
struct ModuleSamples {
    let size: Int
    private let model: SymbolModel
    /// Light is high, also in a light symbol on dark ground.
    private var values: [Float]
    /// True when the symbol is seen from behind; columns and rows are swapped then.
    private(set) var isMirrored = false
    /// Bits of 30 in which the two copies of the format information differ from the nearest sequence that exists.
    private(set) var formatErrors = 30
    private var format = 0

    init(_ fit: SymbolFit) {
        (model, size) = (fit.model, fit.model.size)
        values = []
        values.reserveCapacity(size * size)
        // Below two and a half pixels per module, what is beside the middle is half the neighbour's.
        let aside: Float = fit.pixelsPerModule < 2.5 ? 0 : 0.22
        for y in 0..<size {
            for x in 0..<size {
                let middle = Point(Float(x) + 0.5, Float(y) + 0.5)
                var sum = 2 * fit.plane.sample(fit.position(middle))
                for aside in [Point(aside, 0), Point(-aside, 0), Point(0, aside), Point(0, -aside)] {
                    sum += fit.plane.sample(fit.position(middle + aside))
                }
                values.append(fit.isDark ? sum / 6 : 255 - sum / 6)
            }
        }
    }

    /// Each module against the mean of the modules around it, which a mask pattern keeps half dark.
    func localContrast(reach: Int = 5) -> [Float] {
        // Sums over the rectangle from the corner.
        var sums = [Float](repeating: 0, count: (size + 1) * (size + 1))
        for y in 0..<size {
            var row: Float = 0
            for x in 0..<size {
                row += values[y * size + x]
                sums[(y + 1) * (size + 1) + x + 1] = sums[y * (size + 1) + x + 1] + row
            }
        }
        return (0..<size * size).map { index in
            let (x, y) = (index % size, index / size)
            let (left, right, top, bottom) = (
                max(0, x - reach), min(size, x + reach + 1), max(0, y - reach), min(size, y + reach + 1)
            )
            let sum =
                sums[bottom * (size + 1) + right] - sums[top * (size + 1) + right] - sums[bottom * (size + 1) + left]
                + sums[top * (size + 1) + left]
            return values[index] - sum / Float((right - left) * (bottom - top))
        }
    }

    /// The contrast without what blur brings into each module from those around it.
    ///
    /// How much that is, a least-squares fit over the known modules says; what the neighbours are, the contrast says itself, better
    /// with each of three rounds (decision feedback equalisation).
    func equalised(_ contrast: [Float]) -> [Float] {
        let scale = contrast.reduce(0) { $0 + abs($1) } / Float(contrast.count) + 1e-3
        var colours = contrast.map { min(1, max(-1, $0 / scale)) }
        var equal = contrast
        for _ in 0..<4 {
            for y in 0..<size {
                for x in 0..<size {
                    if let known = model.patterns[isMirrored ? y : x, isMirrored ? x : y] {
                        colours[y * size + x] = known ? -1 : 1
                    }
                }
            }
            guard let weights = blur(contrast, colours) else { return equal }
            for y in 0..<size {
                for x in 0..<size {
                    let around = neighbours(colours, x, y)
                    var value = contrast[y * size + x]
                    for index in 1..<around.count { value -= weights[index] * around[index] }
                    equal[y * size + x] = value
                }
            }
            colours = equal.map { min(1, max(-1, 2 * $0 / max(weights[0], 1))) }
        }
        return equal
    }

    /// A module's colour, and the sums of those of its neighbours at the same distance and in the same direction: across, down, along
    /// both diagonals, and two modules across and down. Outside is light.
    private func neighbours(_ colours: [Float], _ x: Int, _ y: Int) -> [Float] {
        func at(_ dx: Int, _ dy: Int) -> Float {
            let (x, y) = (x + dx, y + dy)
            return x >= 0 && y >= 0 && x < size && y < size ? colours[y * size + x] : 1
        }
        return [
            at(0, 0), at(-1, 0) + at(1, 0), at(0, -1) + at(0, 1), at(-1, -1) + at(1, 1), at(1, -1) + at(-1, 1),
            at(-2, 0) + at(2, 0), at(0, -2) + at(0, 2),
        ]
    }

    /// How much of a module's contrast is its own, and how much its neighbours'; nil when the known modules do not say.
    private func blur(_ contrast: [Float], _ colours: [Float]) -> [Float]? {
        let count = 7
        var normal = [[Float]](repeating: [Float](repeating: 0, count: count + 1), count: count)
        for module in model.modules {
            let (x, y) =
                isMirrored ? (Int(module.position.y), Int(module.position.x)) : (Int(module.position.x), Int(module.position.y))
            let around = neighbours(colours, x, y) + [contrast[y * size + x]]
            for row in 0..<count { for column in 0...count { normal[row][column] += around[row] * around[column] } }
        }
        // Gauss-Jordan elimination of the normal equations; a little is added to the diagonal for what the modules leave open.
        for pivot in 0..<count {
            normal[pivot][pivot] += 1
            let divisor = normal[pivot][pivot]
            guard abs(divisor) > 1e-3 else { return nil }
            for column in 0...count { normal[pivot][column] /= divisor }
            for row in 0..<count where row != pivot {
                let factor = normal[row][pivot]
                for column in 0...count { normal[row][column] -= factor * normal[pivot][column] }
            }
        }
        return normal.map { $0[count] }
    }

    /// Finds which format information the modules hold, and whether they have to be mirrored for that.
    mutating func readFormat(_ contrast: [Float]) {
        for mirrored in [false, true] {
            var seen = [0, 0]
            for index in 0..<15 {
                for (copy, place) in model.patterns.formatPlaces(index).enumerated() {
                    let at = mirrored ? place.x * size + place.y : place.y * size + place.x
                    if contrast[at] < 0 { seen[copy] |= 1 << index }
                }
            }
            for sequence in FunctionPatterns.formatSequences {
                let errors = (seen[0] ^ sequence).nonzeroBitCount + (seen[1] ^ sequence).nonzeroBitCount
                if errors < formatErrors { (formatErrors, format, isMirrored) = (errors, sequence, mirrored) }
            }
        }
    }

    /// The symbol drawn anew, `scale` pixels to a module, with its quiet zone: known modules as the standard has them.
    func drawing(_ contrast: [Float], scale: Int) -> LumaPlane {
        var isDark = contrast.map { $0 < 0 }
        if isMirrored { isDark = (0..<size * size).map { contrast[$0 % size * size + $0 / size] < 0 } }
        for y in 0..<size {
            for x in 0..<size { if let known = model.patterns[x, y] { isDark[y * size + x] = known } }
        }
        for index in 0..<15 {
            for place in model.patterns.formatPlaces(index) { isDark[place.y * size + place.x] = format >> index & 1 == 1 }
        }
        let margin = 4 * scale
        let side = size * scale + 2 * margin
        var pixels = [UInt8](repeating: 255, count: side * side)
        for y in 0..<size * scale {
            for x in 0..<size where isDark[y / scale * size + x] {
                let start = (y + margin) * side + margin + x * scale
                for pixel in start..<start + scale { pixels[pixel] = 0 }
            }
        }
        return LumaPlane(width: side, height: side, pixels: pixels)
    }
}
