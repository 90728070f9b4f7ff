/// A walk from a pixel's centre along a line, from one change of dark and light to the next.
struct EdgeWalk {
    private var x, y: Int
    private let dx, dy: Int
    /// Whether the pixels are dark here.
    private var isDark: Bool
    private var steps = 0
    /// Where the last change was, in steps from the start; between two pixels, where the threshold is crossed.
    private(set) var reached: Float = 0

    init(x: Int, y: Int, dx: Int, dy: Int, isDark: Bool) {
        (self.x, self.y, self.dx, self.dy, self.isDark) = (x, y, dx, dy, isDark)
    }

    /// Goes on to the next change, so many steps away at most; with `orEdge` the picture's edge is one. False when there is none.
    mutating func goOn(in plane: LumaPlane, _ map: ThresholdMap, within limit: Float, orEdge: Bool = false) -> Bool {
        for _ in 0..<Int(limit) {
            let (nextX, nextY) = (x &+ dx, y &+ dy)
            steps += 1
            guard nextX >= 0, nextY >= 0, nextX < plane.width, nextY < plane.height else {
                reached = Float(steps) - 0.5
                return orEdge
            }
            let (here, next) = (plane.pixels[y &* plane.width &+ x], plane.pixels[nextY &* plane.width &+ nextX])
            let threshold = map.thresholds[(nextY >> 3) &* map.columns &+ (nextX >> 3)]
            (x, y) = (nextX, nextY)
            guard (next < threshold) != isDark else { continue }
            let share = next == here ? 0.5 : (Float(threshold) - Float(here)) / (Float(next) - Float(here))
            reached = Float(steps - 1) + min(max(share, 0), 1)
            isDark.toggle()
            return true
        }
        return false
    }
}
