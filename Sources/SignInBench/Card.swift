import Glibc

/// A flat card of side 1 in space, as a pinhole camera in the origin sees it: x to the right, y down, z away from the camera.
struct Card {
    typealias Vector = SIMD3<Double>

    private let middle: Vector
    private let across: Vector
    private let down: Vector
    /// Normals of the planes by which a ray's point on the card is found (Cramer's rule).
    private let rows: (Vector, Vector, Vector)
    private let centre: (x: Double, y: Double)
    private let focus: Double

    /// Where the card is `time` seconds after it began to move.
    init(_ view: BadgeView, _ camera: CameraModel, at time: Double, focalLength: Double) {
        focus = focalLength * Double(camera.width)
        centre = (Double(camera.width) / 2, Double(camera.height) / 2)
        let distance = focus / (view.size * Double(camera.height))
        // Out of the picture on the left while it approaches.
        let approach = view.approach > 0 ? max(0, 1 - time / view.approach) : 0
        let x = view.x - 1.2 * approach + view.sway * sin(2 * .pi * time / view.period)
        middle = Vector(x * Double(camera.width) / focus, view.y * Double(camera.height) / focus, 1) * distance
        (across, down) = Self.axes(view)
        rows = (Self.cross(down, middle), Self.cross(middle, across), Self.cross(across, down))
    }

    /// The card's point behind a point of the picture, in sides from its middle; far outside when there is none.
    func point(at pixel: (x: Double, y: Double)) -> (x: Double, y: Double) {
        let ray = Vector(pixel.x - centre.x, pixel.y - centre.y, focus)
        let scale = Self.dot(rows.2, ray)
        guard scale != 0 else { return (.infinity, .infinity) }
        return (Self.dot(rows.0, ray) / scale, Self.dot(rows.1, ray) / scale)
    }

    /// Where the picture shows a point of the card; nil behind the camera.
    func pixel(of point: (x: Double, y: Double)) -> (Double, Double)? {
        let place = middle + across * point.x + down * point.y
        guard place.z > 0 else { return nil }
        return (centre.x + focus * place.x / place.z, centre.y + focus * place.y / place.z)
    }

    /// The card's edges after it was turned in its plane, then nodded, then tilted.
    private static func axes(_ view: BadgeView) -> (Vector, Vector) {
        let degree = Double.pi / 180
        let (turn, nod, tilt) = (view.turn * degree, view.nod * degree, view.tilt * degree)
        func rotated(_ x: Double, _ y: Double) -> Vector {
            let flat = (x: x * cos(turn) - y * sin(turn), y: x * sin(turn) + y * cos(turn))
            let (nodded, depth) = (flat.y * cos(nod), flat.y * sin(nod))
            return Vector(flat.x * cos(tilt) - depth * sin(tilt), nodded, depth * cos(tilt) + flat.x * sin(tilt))
        }
        return (rotated(1, 0), rotated(0, 1))
    }

    private static func cross(_ a: Vector, _ b: Vector) -> Vector {
        Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    private static func dot(_ a: Vector, _ b: Vector) -> Double { (a * b).sum() }
}
