/// A walk from a pixel's centre along a line, from one change of dark and light to the next.
struct EdgeWalk {
    private var x, y: Int
    private let dx, dy: Int
    /// Whether the pixels are dark here.
    private var isDark: Bool
    private var steps = 0
    /// Where the last change was, in steps from the start; between two pixels, where the threshold is crossed.
    private(set) var reached: Float = 0

    /// From a pixel in the plane that is walked on; steps of -1, 0 or 1.
    init(x: Int, y: Int, dx: Int, dy: Int, isDark: Bool) {
        (self.x, self.y, self.dx, self.dy, self.isDark) = (x, y, dx, dy, isDark)
    }

    /// What is taken for a change where there is none.
    enum Stop { case nothing, pictureEdge, limit }

    /// Goes on to the next change, so many steps away at most. False when there is none, nor what is taken for one.
    mutating func goOn(in plane: LumaPlane, _ map: ThresholdMap, within limit: Float, or stop: Stop = .nothing) -> Bool {
        let inside = min(room(x, dx, plane.width), room(y, dy, plane.height))
        let (last, columns, width) = (min(Int(limit), inside), map.columns, plane.width)
        return unsafe plane.pixels.withUnsafeBufferPointer { pixels in
            unsafe map.thresholds.withUnsafeBufferPointer { thresholds in
                for step in 0..<last {
                    // In the plane as long as the room lasts.
                    (x, y) = (x &+ dx, y &+ dy)
                    let (next, threshold) = unsafe (pixels[y &* width &+ x], thresholds[(y >> 3) &* columns &+ (x >> 3)])
                    guard (next < threshold) != isDark else { continue }
                    let here = unsafe pixels[(y &- dy) &* width &+ x &- dx]
                    let share = next == here ? 0.5 : (Float(threshold) - Float(here)) / (Float(next) - Float(here))
                    reached = Float(steps &+ step) + min(max(share, 0), 1)
                    steps &+= step &+ 1
                    isDark.toggle()
                    return true
                }
                steps &+= last
                reached = Float(steps) + 0.5
                return stop == .limit || stop == .pictureEdge && last == inside
            }
        }
    }

    /// Steps from a place to the last pixel before the edge.
    private func room(_ place: Int, _ step: Int, _ side: Int) -> Int { step == 0 ? .max : step > 0 ? side - 1 - place : place }
}
