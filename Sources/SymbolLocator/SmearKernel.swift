/// What is left of one module in a picture that was taken while the symbol moved: its square, drawn along the way that it went, through
/// a lens and onto pixels.
struct SmearKernel {
    /// Samples of a module's side.
    let perModule: Int
    /// The samples that a module reaches to each side of its middle.
    let columns, rows: Int
    /// The shares of the module in the samples around its middle: rows of ``stride``, whose first and last ``margin`` are zeros.
    let shares: [Float]
    let stride: Int

    static let margin = 8
    /// Steps of the way that are added up.
    private static let steps = 24

    /// The way is given in modules, and the blur of lens and pixels as the radius, in modules, at which a point ends.
    init(way: Point, blur: Point, perModule: Int) {
        let scale = Float(perModule)
        let columns = Int(((abs(way.x) + 1) / 2 + blur.x) * scale) + 1
        let rows = Int(((abs(way.y) + 1) / 2 + blur.y) * scale) + 1
        (self.perModule, self.columns, self.rows) = (perModule, columns, rows)
        stride = 2 * columns + 2 * Self.margin
        /// The share of a square's side in a place on a line: the integral of Epanechnikov's kernel over it.
        func share(_ place: Float, _ blur: Float) -> Float {
            func integral(_ place: Float) -> Float {
                let part = min(1, max(-1, place / blur))
                return 0.5 + part * (0.75 - 0.25 * part * part)
            }
            return integral(place + 0.5) - integral(place - 0.5)
        }
        var shares = [Float](repeating: 0, count: stride * 2 * rows)
        for step in 0..<Self.steps {
            let moved = way * ((Float(step) + 0.5) / Float(Self.steps) - 0.5)
            let across = (0..<2 * columns).map {
                share((Float($0 - columns) + 0.5) / scale - moved.x, blur.x) / Float(Self.steps)
            }
            for row in 0..<2 * rows {
                let down = share((Float(row - rows) + 0.5) / scale - moved.y, blur.y)
                guard down > 0 else { continue }
                for column in 0..<2 * columns { shares[row * stride + Self.margin + column] += down * across[column] }
            }
        }
        self.shares = shares
    }

    /// The share in a sample that is so many modules from the middle.
    @inline(__always) func share(_ x: Float, _ y: Float) -> Float {
        let (column, row) = (x * Float(perModule) + Float(columns), y * Float(perModule) + Float(rows))
        guard column >= 0, row >= 0, column < Float(2 * columns), row < Float(2 * rows) else { return 0 }
        return shares[Int(row) * stride + Self.margin + Int(column)]
    }

    /// How far apart two modules may be, in modules, that have a sample in common.
    var reach: (x: Int, y: Int) { ((2 * columns - 1) / perModule, (2 * rows - 1) / perModule) }
}
