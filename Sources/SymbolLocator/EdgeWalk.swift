/// A walk from a pixel's centre along a line, from one change of dark and light to the next.
struct EdgeWalk {
    private var x, y, place: Int
    private let dx, dy, along: Int
    /// Whether the pixels are dark here.
    private var isDark: Bool
    private var steps = 0
    /// Steps from the start to the last pixel before the plane's edge.
    private let room: Int
    /// Where the last change was, in steps from the start; between two pixels, where the threshold is crossed.
    private(set) var reached: Float = 0

    /// From a pixel in the plane; steps of -1, 0 or 1, which must not both be 0.
    init(in plane: LumaPlane, x: Int, y: Int, dx: Int, dy: Int, isDark: Bool) {
        (self.x, self.y, self.dx, self.dy, self.isDark) = (x, y, dx, dy, isDark)
        (place, along) = (y &* plane.width &+ x, dy &* plane.width &+ dx)
        let (across, down) = (dx > 0 ? plane.width - 1 - x : x, dy > 0 ? plane.height - 1 - y : y)
        room = dx == 0 ? down : dy == 0 ? across : min(across, down)
    }

    /// What is taken for a change where there is none.
    enum Stop { case nothing, pictureEdge, limit }

    /// Goes on to the next change, so many steps away at most. False when there is none, nor what is taken for one.
    mutating func goOn(in plane: LumaPlane, _ map: ThresholdMap, within limit: Float, or stop: Stop = .nothing) -> Bool {
        let (inside, columns, along, isDark) = (room &- steps, map.columns, along, isDark)
        let last = min(Int(limit), inside)
        return unsafe plane.pixels.withUnsafeBufferPointer { pixels in
            unsafe map.thresholds.withUnsafeBufferPointer { thresholds in
                var (x, y, place, step) = (x, y, place, 0)
                defer { (self.x, self.y, self.place) = (x, y, place) }
                while step < last {
                    // In the plane as long as the room lasts.
                    (x, y, place, step) = (x &+ dx, y &+ dy, place &+ along, step &+ 1)
                    let (next, threshold) = unsafe (pixels[place], thresholds[(y >> 3) &* columns &+ (x >> 3)])
                    guard (next < threshold) != isDark else { continue }
                    let here = unsafe pixels[place &- along]
                    let share = next == here ? 0.5 : (Float(threshold) - Float(here)) / (Float(next) - Float(here))
                    steps &+= step
                    reached = Float(steps &- 1) + min(max(share, 0), 1)
                    self.isDark.toggle()
                    return true
                }
                steps &+= last
                reached = Float(steps) + 0.5
                return stop == .limit || stop == .pictureEdge && last == inside
            }
        }
    }
}
