/// Finder patterns of about a pixel per module, in which no line shows the runs of light any more: found by how well a picture of one
/// correlates with what is there.
struct FinderTemplates {
    /// Pixels of a template's side.
    private static let side = 9
    /// Modules, in pixels; between them, and a little beyond, one fits.
    private static let modules: [Float] = [1, 1.2, 1.4]
    /// The radius, in pixels, of the blur of a lens in focus and of a pixel.
    private static let blur: Float = 1.2
    /// Of three finder patterns, each correlates more; what is none, seldom does.
    private static let leastMatch: Float = 0.72
    /// Below so much, in luma, what varies is noise.
    private static let leastDeviation: Float = 8
    private static let mostPatterns = 12

    private static let all: [Template] = modules.flatMap { module in
        [Point(0, 0), Point(0.5, 0), Point(0, 0.5), Point(0.5, 0.5)].map { Template(module: module, shift: $0) }
    }

    private struct Template {
        let module: Float
        /// From the middle of the template to that of the pattern.
        let shift: Point
        /// Their sum is 0, and that of their squares 1.
        private(set) var values: [Float]

        init(module: Float, shift: Point) {
            (self.module, self.shift) = (module, shift)
            let kernel = SmearKernel(way: .zero, blur: Point(repeating: FinderTemplates.blur / module), perModule: 16)
            let middles = (0..<side * side).map {
                (Point(Float($0 % side), Float($0 / side)) - Float(side - 1) / 2 - shift) / module
            }
            values = middles.map { middle in
                var dark: Float = 0
                for y in -3...3 {
                    for x in -3...3 where max(abs(x), abs(y)) != 2 {
                        dark += kernel.share(middle.x - Float(x), middle.y - Float(y))
                    }
                }
                return -dark
            }
            let mean = values.reduce(0, +) / Float(values.count)
            let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
            values = values.map { ($0 - mean) / length }
        }
    }

    /// The likeliest dark finder patterns in a small plane, the likeliest first.
    static func patterns(in plane: LumaPlane) -> [FinderPattern] {
        let (columns, rows) = (plane.width - side + 1, plane.height - side + 1)
        guard columns > 0, rows > 0 else { return [] }
        let luma = plane.pixels.map(Float.init) + [Float](repeating: 0, count: 8)
        let templates = all
        var matches: [(match: Float, x: Int, y: Int, template: Int)] = []
        for y in 0..<rows {
            for x in stride(from: 0, to: columns, by: 8) {
                let (match, template) = best(of: templates, luma, x, y, width: plane.width)
                for lane in 0..<min(8, columns - x) where match[lane] > leastMatch {
                    matches.append((match[lane], x + lane, y, Int(template[lane])))
                }
            }
        }
        var found: [FinderPattern] = []
        for match in matches.sorted(by: { $0.match > $1.match }) where found.count < mostPatterns {
            let template = templates[match.template]
            let pattern = FinderPattern(
                centre: Point(Float(match.x), Float(match.y)) + Float(side) / 2 + template.shift, module: template.module,
                isDark: true, sights: 3)
            if !found.contains(where: { ($0.centre - pattern.centre).length < Float(side) / 2 }) { found.append(pattern) }
        }
        return found
    }

    /// The greatest correlation with a template at eight places in a row, and whose it is.
    private static func best(of templates: [Template], _ luma: [Float], _ x: Int, _ y: Int, width: Int) -> (Eight, Eight) {
        unsafe luma.withUnsafeBytes { luma in
            @inline(__always) func pixels(_ column: Int, _ row: Int) -> Eight {
                unsafe luma.loadUnaligned(fromByteOffset: 4 * ((y &+ row) &* width &+ x &+ column), as: Eight.self)
            }
            var (sum, squares): (Eight, Eight) = (.zero, .zero)
            for row in 0..<side {
                for column in 0..<side {
                    let pixel = pixels(column, row)
                    sum += pixel
                    squares += pixel * pixel
                }
            }
            let count = Float(side * side)
            let deviations = squares - sum * sum / count
            var (best, chosen): (Eight, Eight) = (.zero, .zero)
            guard deviations.max() > leastDeviation * leastDeviation * count else { return (best, chosen) }
            for (index, template) in templates.enumerated() {
                var products = Eight.zero
                unsafe template.values.withUnsafeBufferPointer { values in
                    for row in 0..<side {
                        for column in 0..<side { products += unsafe pixels(column, row) * values[row &* side &+ column] }
                    }
                }
                let isBetter = products .> best
                best.replace(with: products, where: isBetter)
                chosen.replace(with: Float(index), where: isBetter)
            }
            let isFlat = deviations .< leastDeviation * leastDeviation * count
            return ((best / deviations.replacing(with: 1, where: isFlat).squareRoot()).replacing(with: 0, where: isFlat), chosen)
        }
    }
}
