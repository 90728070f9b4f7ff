import QRCode

/// The luma of each module of a symbol, and what they are taken for.
struct ModuleSamples {
    let size: Int
    let model: SymbolModel
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
        let aside: Float = fit.pixelsPerModule < 2.5 ? 0 : 0.22 / Float(size)
        for y in 0..<size {
            let v = Eight(repeating: (Float(y) + 0.5) / Float(size))
            for x in stride(from: 0, to: size, by: 8) {
                let u = (Eight.steps + (Float(x) + 0.5)) / Float(size)
                let middle = fit.map(u, v)
                var eight = fit.plane.samples(middle.x, middle.y)
                if aside > 0 {
                    eight *= 2
                    for beside in [fit.map(u + aside, v), fit.map(u, v + aside)] {
                        eight += fit.plane.samples(beside.x, beside.y)
                        eight += fit.plane.samples(2 * middle.x - beside.x, 2 * middle.y - beside.y)
                    }
                    eight /= 6
                }
                if !fit.isDark { eight = 255 - eight }
                for lane in 0..<min(8, size - x) { values.append(eight[lane]) }
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

    /// The share of the timing and alignment patterns' modules that a contrast shows wrong: near a half when it shows something else.
    func errors(_ contrast: [Float]) -> Float {
        var wrong = 0
        for module in model.others {
            let (x, y) = (Int(module.position.x), Int(module.position.y))
            let value = contrast[isMirrored ? x * size + y : y * size + x]
            if value * module.sign < 0 { wrong += 1 }
        }
        return Float(wrong) / Float(model.others.count)
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
        let margin = scale
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
