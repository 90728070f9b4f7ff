/// The share of each module in the pixels around it: rows of `columns` pixels and as many zeros.
struct SmearWindows {
    private let columns, rows: Int
    private var shares: [Float]
    private var origins: [(x: Int, y: Int)] = []

    init(_ symbol: SmearedSymbol, _ kernel: SmearKernel) {
        let size = symbol.model.size
        let (across, down) = symbol.axes
        // From pixels to modules, by Cramer's rule.
        let area = across.cross(down)
        let (stepX, stepY) = (Point(down.y, -across.y) / area, Point(-down.x, across.x) / area)
        let reach = Point(Float(kernel.columns), Float(kernel.rows)) / Float(kernel.perModule)
        // The box around what a module reaches.
        let box = Point(
            abs(across.x) * reach.x + abs(down.x) * reach.y, abs(across.y) * reach.x + abs(down.y) * reach.y)
        columns = (2 * Int(box.x + 1) + 7) / 8 * 8
        rows = 2 * Int(box.y + 1)
        shares = [Float](repeating: 0, count: columns + 2 * columns * rows * size * size)
        origins.reserveCapacity(size * size)
        for index in 0..<size * size {
            let middle = symbol.map(
                (Float(index % size) + 0.5) / Float(size), (Float(index / size) + 0.5) / Float(size))
            let origin = (
                x: Int((middle.x - Float(columns) / 2).rounded()), y: Int((middle.y - Float(rows) / 2).rounded())
            )
            origins.append(origin)
            for row in 0..<rows {
                let first = columns + 2 * columns * (index * rows + row)
                let start = Point(Float(origin.x) + 0.5, Float(origin.y + row) + 0.5) - middle
                var place = stepX * start.x + stepY * start.y
                for column in 0..<columns {
                    shares[first + column] = kernel.share(place.x, place.y)
                    place += stepX
                }
            }
        }
    }

    /// How much two modules have in common.
    func overlap(_ one: Int, _ other: Int) -> Float {
        let (dx, dy) = (origins[other].x - origins[one].x, origins[other].y - origins[one].y)
        guard abs(dx) < columns, abs(dy) < rows else { return 0 }
        var sum = Eight.zero
        unsafe shares.withUnsafeBytes { shares in
            // Of eights without a pixel in common there is no need.
            let (left, right) = (max(0, dx) & ~7, min(columns, columns + dx))
            var first = columns &+ 2 &* columns &* (one &* rows &+ max(0, dy))
            var second = columns &+ 2 &* columns &* (other &* rows &+ max(0, -dy)) &- dx
            for _ in 0..<rows - abs(dy) {
                var column = left
                while column < right {
                    let share = unsafe shares.loadUnaligned(fromByteOffset: 4 &* (first &+ column), as: Eight.self)
                    sum += unsafe share * shares.loadUnaligned(fromByteOffset: 4 &* (second &+ column), as: Eight.self)
                    column &+= 8
                }
                (first, second) = (first &+ 2 &* columns, second &+ 2 &* columns)
            }
        }
        return sum.sum()
    }

    /// The sum of the pixels that a module reaches, each by its share, and of the shares.
    func sum(_ index: Int, of plane: LumaPlane) -> (luma: Float, shares: Float) {
        var (luma, sum): (Float, Float) = (0, 0)
        for row in 0..<rows {
            let y = min(plane.height - 1, max(0, origins[index].y + row))
            let first = columns + 2 * columns * (index * rows + row)
            for column in 0..<columns {
                let share = shares[first + column]
                let x = min(plane.width - 1, max(0, origins[index].x + column))
                luma += share * Float(plane.pixels[y * plane.width + x])
                sum += share
            }
        }
        return (luma, sum)
    }
}
