/// A square of modules that is drawn as a file or picture: ``Symbol`` and ``MicroSymbol``.
public protocol ModuleGrid: Sendable {
    /// Modules per side, without the quiet zone.
    var size: Int { get }

    /// Light modules that the standard wants on each side (ISO/IEC 18004 §6.3.8).
    static var quietZone: Int { get }

    /// True for a dark module; `x` counts from the left and `y` from the top, both from 0 to `size` - 1.
    subscript(x: Int, y: Int) -> Bool { get }
}

extension ModuleGrid {
    /// The runs of dark modules in a row, from the left.
    public func darkRuns(row y: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var x = 0
        while x < size {
            let start = x
            while x < size, self[x, y] { x += 1 }
            if x > start { runs.append(start..<x) } else { x += 1 }
        }
        return runs
    }
}
