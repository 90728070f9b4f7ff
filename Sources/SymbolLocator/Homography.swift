/// The projective map of the unit square onto a quadrilateral (Heckbert, Fundamentals of Texture Mapping, 1989, §2.2.3).
struct Homography: Sendable {
    private var a, b, c, d, e, f, g, h: Float

    /// `corners` are the images of (0, 0), (1, 0), (1, 1) and (0, 1). Nil when three of them lie on a line.
    init?(corners: Quadrilateral) {
        let (p, q, r, s) = (corners.topLeft, corners.topRight, corners.bottomRight, corners.bottomLeft)
        let (toRight, toLeft, sum) = (q - r, s - r, p - q + r - s)
        let determinant = toRight.cross(toLeft)
        guard abs(determinant) > 1e-6 else { return nil }
        g = sum.cross(toLeft) / determinant
        h = toRight.cross(sum) / determinant
        (a, d) = (q.x - p.x + g * q.x, q.y - p.y + g * q.y)
        (b, e) = (s.x - p.x + h * s.x, s.y - p.y + h * s.y)
        (c, f) = (p.x, p.y)
        // The square's corners must lie on one side of the horizon.
        guard 1 + g > 0.05, 1 + h > 0.05, 1 + g + h > 0.05 else { return nil }
    }

    @inline(__always) func callAsFunction(_ u: Float, _ v: Float) -> Point {
        let scale = 1 / (g * u + h * v + 1)
        return Point((a * u + b * v + c) * scale, (d * u + e * v + f) * scale)
    }

    @inline(__always) func callAsFunction(_ u: Eight, _ v: Eight) -> (x: Eight, y: Eight) {
        let scale = 1 / (g * u + h * v + 1)
        return ((a * u + b * v + c) * scale, (d * u + e * v + f) * scale)
    }

    /// The position in the square of an image point.
    func inverse(_ p: Point) -> Point {
        // Cramer's rule on the two linear equations that the point gives for u and v.
        let first = Point(a - p.x * g, b - p.x * h)
        let second = Point(d - p.y * g, e - p.y * h)
        let right = Point(p.x - c, p.y - f)
        let determinant = first.x * second.y - first.y * second.x
        guard abs(determinant) > 1e-12 else { return .zero }
        return Point(right.x * second.y - first.y * right.y, first.x * right.y - right.x * second.x) / determinant
    }
}

/// Four corners in a picture, as a symbol's upright sides name them.
struct Quadrilateral: Sendable {
    var topLeft, topRight, bottomRight, bottomLeft: Point

    /// The same with the fourth corner where it is without perspective.
    var parallelogram: Quadrilateral {
        var other = self
        other.bottomRight = topRight + bottomLeft - topLeft
        return other
    }

    subscript(index: Int) -> Point {
        get {
            switch index {
            case 0: topLeft
            case 1: topRight
            case 2: bottomRight
            default: bottomLeft
            }
        }
        set {
            switch index {
            case 0: topLeft = newValue
            case 1: topRight = newValue
            case 2: bottomRight = newValue
            default: bottomLeft = newValue
            }
        }
    }
}
