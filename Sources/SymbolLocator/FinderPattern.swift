/// A finder pattern (ISO/IEC 18004 §6.3.3): three squares in each other, which any line through the middle cuts as 1 : 1 : 3 : 1 : 1.
struct FinderPattern: Sendable {
    /// In pixels of the whole picture.
    var centre: Point
    /// Pixels per module, the mean of across and down.
    var module: Float
    /// False in a light symbol on dark ground.
    var isDark: Bool
    /// Lines that found it.
    var sights = 1

    /// True when both are one pattern, seen twice.
    func isSame(_ other: FinderPattern) -> Bool {
        guard isDark == other.isDark else { return false }
        let reach = 1.5 * max(module, other.module)
        let apart = centre - other.centre
        return abs(apart.x) < reach && abs(apart.y) < reach && module < 2.2 * other.module && other.module < 2.2 * module
    }
}
