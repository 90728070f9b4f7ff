/// The outer edges of a symbol's three finder patterns, and with them the symbol's four corners.
struct Outline {
    let plane: LumaPlane
    let corner, right, below: FinderPattern
    private let across, down: Point
    /// Between dark and light, for each of the three.
    private let thresholds: SIMD3<Float>

    /// `triple` in pixels of `plane`.
    init(_ plane: LumaPlane, corner: FinderPattern, right: FinderPattern, below: FinderPattern) {
        (self.plane, self.corner, self.right, self.below) = (plane, corner, right, below)
        across = (right.centre - corner.centre).unit
        down = (below.centre - corner.centre).unit
        let arms = [across, down, -across, -down]
        thresholds = SIMD3(
            Self.threshold(plane, corner, arms), Self.threshold(plane, right, arms), Self.threshold(plane, below, arms))
    }

    /// Where the outer edges of the three patterns meet: for the fourth corner, the right side of one and the lower side of another.
    func corners() -> Quadrilateral? {
        let top = Line(edge(of: corner, -down) + edge(of: right, -down))
        let left = Line(edge(of: corner, -across) + edge(of: below, -across))
        guard let top, let left, let rightSide = Line(edge(of: right, across)), let bottom = Line(edge(of: below, down)),
            let topLeft = top.meets(left), let topRight = top.meets(rightSide), let bottomLeft = left.meets(bottom)
        else { return nil }
        let parallelogram = topRight + bottomLeft - topLeft
        var bottomRight = rightSide.meets(bottom) ?? parallelogram
        let side = max((topRight - topLeft).length, (bottomLeft - topLeft).length)
        // Two short edges that are far off tell less than the three corners do.
        if (bottomRight - parallelogram).length > 0.6 * side { bottomRight = parallelogram }
        let near = [(topLeft, corner), (topRight, right), (bottomLeft, below)].allSatisfy { point, pattern in
            (point - pattern.centre).length < 8 * pattern.module
        }
        return near ? Quadrilateral(topLeft: topLeft, topRight: topRight, bottomRight: bottomRight, bottomLeft: bottomLeft) : nil
    }

    /// The corners when the patterns' edges cannot be found: 3.5 modules out from each middle.
    func roughCorners() -> Quadrilateral {
        func outwards(_ pattern: FinderPattern, _ x: Float, _ y: Float) -> Point {
            // The module of a pattern is measured along the picture's axes, which a turn by 45 degrees makes √2 of the symbol's.
            let module = pattern.module * max(abs(across.x), abs(across.y))
            return pattern.centre + (across * x + down * y) * 3.5 * module
        }
        let (topLeft, topRight, bottomLeft) = (outwards(corner, -1, -1), outwards(right, 1, -1), outwards(below, -1, 1))
        return Quadrilateral(
            topLeft: topLeft, topRight: topRight, bottomRight: topRight + bottomLeft - topLeft, bottomLeft: bottomLeft)
    }

    /// The corners of a symbol of so many modules by the middles of its finder patterns alone, as they are without perspective.
    func flatCorners(size: Int) -> Quadrilateral {
        let x = (right.centre - corner.centre) / Float(size - 7)
        let y = (below.centre - corner.centre) / Float(size - 7)
        let topLeft = corner.centre - (x + y) * 3.5
        return Quadrilateral(
            topLeft: topLeft, topRight: topLeft + x * Float(size), bottomRight: topLeft + (x + y) * Float(size),
            bottomLeft: topLeft + y * Float(size))
    }

    /// Points on the side of a pattern that lies in a direction.
    private func edge(of pattern: FinderPattern, _ direction: Point) -> [Point] {
        let aside = abs(direction.dot(across)) > abs(direction.dot(down)) ? down : across
        return (-4...4).compactMap { step in
            let ray = (direction + aside * (Float(step) * 0.2)).unit
            return distance(from: pattern, along: ray).map { pattern.centre + ray * $0 }
        }
    }

    /// How far from a pattern's middle its outer edge is: the third change of dark and light, about 3.5 modules out.
    private func distance(from pattern: FinderPattern, along ray: Point) -> Float? {
        let step = max(pattern.module / 3, 0.35)
        let threshold = thresholds[pattern.centre == corner.centre ? 0 : pattern.centre == right.centre ? 1 : 2]
        var (changes, last) = (0, plane.sample(pattern.centre))
        for index in 1...Int(6 * pattern.module / step) {
            let next = plane.sample(pattern.centre + ray * (Float(index) * step))
            defer { last = next }
            guard (next < threshold) != (last < threshold) else { continue }
            changes += 1
            guard changes == 3 else { continue }
            let distance = (Float(index - 1) + (threshold - last) / (next - last)) * step
            return distance > 2 * pattern.module ? distance : nil
        }
        return nil
    }

    /// Half way between the darkest and the lightest on the four arms of a cross.
    private static func threshold(_ plane: LumaPlane, _ pattern: FinderPattern, _ arms: [Point]) -> Float {
        var (least, greatest): (Float, Float) = (255, 0)
        for arm in arms {
            for modules: Float in [0, 0.7, 1.6, 2, 2.4, 2.8, 3.2] {
                let luma = plane.sample(pattern.centre + arm * (modules * pattern.module))
                (least, greatest) = (min(least, luma), max(greatest, luma))
            }
        }
        return (least + greatest) / 2
    }

    /// Modules between the middles of two patterns, by the size that they have on the line between.
    private func modules(from a: FinderPattern, to b: FinderPattern) -> Float? {
        let apart = b.centre - a.centre
        guard let first = distance(from: a, along: apart.unit), let second = distance(from: b, along: -apart.unit) else {
            return nil
        }
        return 7 * apart.length / (first + second)
    }

    /// False when the two sides of the symbol cannot be equal, or are no symbol's: 14 modules from middle to middle, or up to 170.
    var isSquare: Bool {
        guard let first = modules(from: corner, to: right), let second = modules(from: corner, to: below) else { return true }
        return max(first, second) < 1.7 * min(first, second) + 2 && first > 11 && first < 200
    }
}

/// A straight line through points, by least squares across it.
struct Line {
    private let origin, direction: Point

    /// Nil for fewer than four points. The third of the points that fits worst is left out.
    init?(_ points: [Point]) {
        guard points.count >= 4 else { return nil }
        let first = Self.fit(points)
        let kept = points.sorted { abs(first.direction.cross($0 - first.origin)) < abs(first.direction.cross($1 - first.origin)) }
            .prefix(max(4, points.count * 2 / 3))
        (origin, direction) = Self.fit(Array(kept))
    }

    private static func fit(_ points: [Point]) -> (origin: Point, direction: Point) {
        let middle = points.reduce(.zero, +) / Float(points.count)
        var (xx, xy, yy): (Float, Float, Float) = (0, 0, 0)
        for point in points {
            let apart = point - middle
            (xx, xy, yy) = (xx + apart.x * apart.x, xy + apart.x * apart.y, yy + apart.y * apart.y)
        }
        // The eigenvector of the greater eigenvalue of the scatter matrix.
        let greater = (xx + yy) / 2 + ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
        let direction = xx > yy ? Point(greater - yy, xy) : Point(xy, greater - xx)
        return (middle, direction.unit)
    }

    /// Nil for lines that are parallel, near enough.
    func meets(_ other: Line) -> Point? {
        let sine = direction.cross(other.direction)
        guard abs(sine) > 0.1 else { return nil }
        return origin + direction * ((other.origin - origin).cross(other.direction) / sine)
    }
}
