/// The map from a symbol, taken as the unit square, to the plane that it is seen in: perspective, and what a bent card adds to it.
struct SymbolMap: Sendable {
    private var perspective: Homography
    /// How far the middle is displaced, in pixels, by a bend across and by one down; the edges that it leaves are straight.
    var bendAcross = Point.zero { didSet { isFlat = false } }
    var bendDown = Point.zero { didSet { isFlat = false } }
    /// Whether nothing is added to the perspective.
    private var isFlat = true
    /// Displacements, in pixels, on a lattice of ``lattice`` × ``lattice`` points that spans the square; none when it is empty.
    var displacements: [Point] = [] { didSet { isFlat = false } }
    var lattice = 0

    /// Nil when three corners lie on a line.
    init?(corners: Quadrilateral) {
        guard let perspective = Homography(corners: corners) else { return nil }
        self.perspective = perspective
    }

    /// The same map with other corners; nil when three of them lie on a line.
    func moved(to corners: Quadrilateral) -> SymbolMap? {
        guard let perspective = Homography(corners: corners) else { return nil }
        var moved = self
        moved.perspective = perspective
        return moved
    }

    @inline(__always) func callAsFunction(_ u: Float, _ v: Float) -> Point {
        guard !isFlat else { return perspective(u, v) }
        let flat = perspective(u, v) + bendAcross * (4 * u * (1 - u)) + bendDown * (4 * v * (1 - v))
        guard lattice > 0 else { return flat }
        let shift = displacements(Eight(repeating: u), Eight(repeating: v))
        return flat + Point(shift.x[0], shift.y[0])
    }

    @inline(__always) func callAsFunction(_ u: Eight, _ v: Eight) -> (x: Eight, y: Eight) {
        var (x, y) = perspective(u, v)
        guard !isFlat else { return (x, y) }
        let (across, down) = (4 * u * (1 - u), 4 * v * (1 - v))
        x += bendAcross.x * across + bendDown.x * down
        y += bendAcross.y * across + bendDown.y * down
        guard lattice > 0 else { return (x, y) }
        let shift = displacements(u, v)
        return (x + shift.x, y + shift.y)
    }

    /// Of eight places between the lattice's points, bilinear.
    private func displacements(_ u: Eight, _ v: Eight) -> (x: Eight, y: Eight) {
        precondition(lattice > 1 && displacements.count == lattice * lattice)
        let last = Float(lattice - 2)
        let (x, y) = (u * (last + 1), v * (last + 1))
        let (column, row) = ((x.clamped(to: last) - 0.5).rounded, (y.clamped(to: last) - 0.5).rounded)
        let (across, down) = (x - column.value, y - row.value)
        let first = row.bits &* UInt32(truncatingIfNeeded: lattice) &+ column.bits
        return unsafe displacements.withUnsafeBytes { bytes in
            @inline(__always) func shift(_ lane: Int) -> Point {
                // A point of the lattice and the next, and the two below.
                let offset = Int(first[lane] &* 8)
                let above = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
                let below = unsafe bytes.loadUnaligned(fromByteOffset: offset &+ lattice &* 8, as: SIMD4<Float>.self)
                let between = above + (below - above) * down[lane]
                return between.lowHalf + (between.highHalf - between.lowHalf) * across[lane]
            }
            // Written out: in a loop, the compiler takes each lane by way of memory.
            let (a, b, c, d) = (shift(0), shift(1), shift(2), shift(3))
            let (e, f, g, h) = (shift(4), shift(5), shift(6), shift(7))
            return (Eight(a.x, b.x, c.x, d.x, e.x, f.x, g.x, h.x), Eight(a.y, b.y, c.y, d.y, e.y, f.y, g.y, h.y))
        }
    }

    /// The position in the square of an image point, when nothing is bent.
    func inverse(_ point: Point) -> Point { perspective.inverse(point) }
}
