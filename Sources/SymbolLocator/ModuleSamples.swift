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
        let size = fit.model.size
        (model, self.size) = (fit.model, size)
        // Below two and a half pixels per module, what is beside the middle is half the neighbour's.
        let aside: Float = fit.pixelsPerModule < 2.5 ? 0 : 0.22 / Float(size)
        values = [Float](columns: size, rows: size) { x, y in
            let v = Eight(repeating: (Float(y) + 0.5) / Float(size))
            let u = (Eight.steps + (Float(x) + 0.5)) / Float(size)
            let middle = fit.map(u, v)
            var eight = fit.plane.samples(middle.x, middle.y)
            if aside > 0 {
                // Over eight modules that is the same way for all, near enough.
                let right = Point(middle.x[7] - middle.x[0], middle.y[7] - middle.y[0]) * (aside * Float(size) / 7)
                let below = fit.map(u[0], v[0] + aside) - Point(middle.x[0], middle.y[0])
                eight *= 2
                eight += fit.plane.samples(middle.x + right.x, middle.y + right.y)
                eight += fit.plane.samples(middle.x - right.x, middle.y - right.y)
                eight += fit.plane.samples(middle.x + below.x, middle.y + below.y)
                eight += fit.plane.samples(middle.x - below.x, middle.y - below.y)
                eight /= 6
            }
            return fit.isDark ? eight : 255 - eight
        }
    }

    /// Of a symbol whose modules are known from elsewhere, one each.
    init(_ model: SymbolModel, _ contrast: [Float]) { (self.model, size, values) = (model, model.size, contrast) }

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
        var contrast = values
        for y in 0..<size {
            let (top, bottom) = (max(0, y - reach), min(size, y + reach + 1))
            let (above, below) = (top * (size + 1), bottom * (size + 1))
            for x in 0..<size {
                let (left, right) = (max(0, x - reach), min(size, x + reach + 1))
                let sum = sums[below + right] - sums[above + right] - sums[below + left] + sums[above + left]
                contrast[y * size + x] -= sum / Float((right - left) * (bottom - top))
            }
        }
        return contrast
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

    /// The symbol drawn anew, two pixels to a module, with a quiet zone of one module: known modules as the standard has them.
    func drawing(_ contrast: [Float]) -> LumaPlane {
        var isDark = contrast.map { $0 < 0 }
        if isMirrored {
            for y in 0..<size { for x in 0..<size { isDark[y * size + x] = contrast[x * size + y] < 0 } }
        }
        for module in model.modules { isDark[Int(module.position.y) * size + Int(module.position.x)] = module.sign < 0 }
        for index in 0..<15 {
            for place in model.patterns.formatPlaces(index) { isDark[place.y * size + place.x] = format >> index & 1 == 1 }
        }
        let side = 2 * size + 4
        var pixels = [UInt8](repeating: 255, count: side * side)
        for y in 0..<size {
            for x in 0..<size where isDark[y * size + x] {
                let first = (2 * y + 2) * side + 2 * x + 2
                (pixels[first], pixels[first + 1], pixels[first + side], pixels[first + side + 1]) = (0, 0, 0, 0)
            }
        }
        for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] { Self.widenMiddle(of: &pixels, side, x: 2 * x + 2, y: 2 * y + 2) }
        return LumaPlane(width: side, height: side, pixels: pixels)
    }

    /// Makes the middle of a finder pattern a little larger than its three modules, by grey pixels around it.
    ///
    /// ZBar takes two lines for one finder pattern's when they are a quarter of its middle apart at most (qr_finder_cluster_lines in its
    /// qrcode/qrdec.c): every second of our lines is a little more than that.
    private static func widenMiddle(of pixels: inout [UInt8], _ side: Int, x: Int, y: Int) {
        for along in 4..<10 {
            for across in [3, 10] {
                pixels[(y + along) * side + x + across] = 128
                pixels[(y + across) * side + x + along] = 128
            }
        }
    }
}
