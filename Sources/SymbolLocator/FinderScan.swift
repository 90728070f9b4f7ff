/// Looks along the rows of one plane for the finder patterns' 1 : 1 : 3 : 1 : 1, and down the column where it finds it.
struct FinderScan {
    private let plane: LumaPlane
    private let map: ThresholdMap
    /// Of what is larger, a plane at half the sides shows as much.
    private let greatestModule: Float
    /// Whether the outer runs may be longer than a module: then what is dark may go on beyond the symbol, which has no quiet zone.
    private var isBare = false
    /// Whether the rows alone are to cut a pattern; then where the first did, for each found.
    private var isSmeared = false
    private var firstRows: [Float] = []
    /// In pixels of this plane.
    private(set) var found: [FinderPattern] = []
    /// For each eight rows, the places in ``found`` of the patterns that a line there may be of.
    private var near: [[Int]]

    /// Patterns after which a scan ends: a picture of texture alone must not cost without end.
    static let mostPatterns = 200

    init(_ plane: LumaPlane, half: LumaPlane, greatestModule: Float = .infinity) {
        (self.plane, self.greatestModule) = (plane, greatestModule)
        map = ThresholdMap(plane, half: half)
        near = Array(repeating: [], count: plane.height / 8 + 1)
        scan(everyRow: plane.height < 720 ? 3 : 4)
    }

    /// Finds the patterns that rows alone cut, because they moved along the columns while the picture was taken.
    init(smeared plane: LumaPlane, half: LumaPlane) {
        (self.plane, isSmeared, greatestModule) = (plane, true, .infinity)
        map = ThresholdMap(plane, half: half)
        near = []
        scan(everyRow: 1)
        for index in found.indices { found[index].centre.y = (found[index].centre.y + firstRows[index]) / 2 }
        // Of a large one there are more lines than that.
        found.removeAll { $0.sights < 3 && $0.module > 2.2 }
    }

    /// Finds those too that what is dark around them touches: a second look, at half as many rows.
    mutating func scanForBare() {
        isBare = true
        scan(everyRow: plane.height < 720 ? 6 : 8)
    }

    private mutating func scan(everyRow step: Int) {
        // A column is 16 bits; of what is wider, the half is scanned.
        guard plane.width <= UInt16.max else { return }
        var words = [UInt64](repeating: 0, count: (plane.width + 63) / 64)
        var edges = [UInt16](repeating: 0, count: words.count * 64 + 16)
        // The middle of a finder pattern is three modules high, so every third row meets it even at one pixel per module;
        // in a picture that is large, a symbol is too, or too small to be read.
        var limits = [UInt64](repeating: 0, count: map.columns)
        var block = -1
        for y in stride(from: 1, to: plane.height, by: step) where found.count < Self.mostPatterns {
            if y / 8 != block {
                block = y / 8
                Kernels.spread(map.thresholds, from: block * map.columns, into: &limits)
            }
            Kernels.darkBits(plane, row: y, limits: limits, into: &words)
            let count = Kernels.edges(of: words, into: &edges)
            guard count > 4 else { continue }
            edges[count] = UInt16(plane.width)
            for first in stride(from: 0, through: count - 5, by: 8) {
                // Past the last edge lie those of other rows.
                var patterns = Kernels.patterns(edges, from: first, isBare: isBare)
                if count - 4 - first < 8 { patterns &= 1 << UInt64(8 * (count - 4 - first)) - 1 }
                while patterns != 0 {
                    let place = patterns.trailingZeroBitCount / 8
                    look(at: edges, first + place + 5, y)
                    patterns &= ~(255 << UInt64(8 * place))
                }
            }
        }
    }

    private mutating func look(at edges: [UInt16], _ last: Int, _ y: Int) {
        let middle = (Int(edges[last - 3]) + Int(edges[last - 2])) / 2
        let isDark = isDark(middle, y)
        if isSmeared { return follow(edges, last, y, isDark) }
        let rough = FinderPattern(
            centre: Point(Float(middle) + 0.5, Float(y) + 0.5), module: Float(edges[last - 2] - edges[last - 3]) / 3,
            isDark: isDark)
        if rough.module > greatestModule || isKnown(rough) { return }
        guard let estimate = module(crossings(edges, last, y)), let down = cut(middle, y, 0, 1, isDark, estimate) else { return }
        let centreY = Float(y) + 0.5 + down.offset
        let row = min(max(Int(centreY), 0), plane.height - 1)
        guard self.isDark(middle, row) == isDark, let across = cut(middle, row, 1, 0, isDark, estimate) else { return }
        let (longer, shorter) = (max(down.module, across.module), min(down.module, across.module))
        guard longer < 4 * shorter else { return }
        let column = min(max(Int(Float(middle) + 0.5 + across.offset), 0), plane.width - 1)
        guard self.isDark(column, row) == isDark,
            cut(column, row, 1, 1, isDark, estimate) != nil || cut(column, row, 1, -1, isDark, estimate) != nil
        else { return }
        let pattern = FinderPattern(
            centre: Point(Float(middle) + 0.5 + across.offset, centreY), module: (down.module + across.module) / 2, isDark: isDark
        )
        if isKnown(pattern) { return }
        // As far as ``FinderPattern/isSame(_:)`` goes, for a line that makes 2.2 of a module.
        let reach = 3.3 * pattern.module
        let (first, last) = (Int(max(0, centreY - reach)) / 8, min(near.count - 1, Int(max(0, centreY + reach)) / 8))
        for rows in min(first, last)...last { near[rows].append(found.count) }
        found.append(pattern)
    }

    /// Takes a cut for one more of the pattern that the rows before it cut, or for the first of another.
    private mutating func follow(_ edges: [UInt16], _ last: Int, _ y: Int, _ isDark: Bool) {
        let places = crossings(edges, last, y)
        guard let module = module(places) else { return }
        let middle = (places[2] + places[3]) / 2
        let known = found.lastIndex {
            $0.isDark == isDark && abs($0.centre.x - middle) < 0.8 * module && Float(y) - $0.centre.y < 2 * module + 4
                && $0.module < 1.4 * module && module < 1.4 * $0.module
        }
        guard let known else {
            found.append(FinderPattern(centre: Point(middle, Float(y) + 0.5), module: module, isDark: isDark))
            firstRows.append(Float(y) + 0.5)
            return
        }
        let share = 1 / Float(found[known].sights + 1)
        found[known].sights += 1
        found[known].module += (module - found[known].module) * share
        found[known].centre.x += (middle - found[known].centre.x) * share
        found[known].centre.y = Float(y) + 0.5
    }

    /// Whether a pattern was found before; that counts as one more sight of it.
    private mutating func isKnown(_ pattern: FinderPattern) -> Bool {
        let rows = min(max(Int(pattern.centre.y), 0), plane.height - 1) / 8
        guard let known = near[rows].first(where: { found[$0].isSame(pattern) }) else { return false }
        found[known].sights += 1
        return true
    }

    /// Where the threshold is crossed at the last of a row's edges and the five before it.
    private func crossings(_ edges: [UInt16], _ last: Int, _ y: Int) -> Eight {
        Kernels.crossings(edges, from: last - 5, in: plane, row: y, map.thresholds, from: (y >> 3) * map.columns)
    }

    /// The module size of a row's pattern, or nil when it is none.
    private func module(_ edges: Eight) -> Float? {
        let (a, b, c, d, e, f) = (edges[0], edges[1], edges[2], edges[3], edges[4], edges[5])
        return FinderRuns(b - a, c - b, d - c, e - d, f - e, isBare: isBare).module
    }

    @inline(__always) private func isDark(_ x: Int, _ y: Int) -> Bool {
        plane.pixels[y &* plane.width &+ x] < map.thresholds[(y >> 3) &* map.columns &+ (x >> 3)]
    }

    /// The pattern's cut by a line through a pixel: where its middle lies from there, and its module size, both in steps of the line.
    ///
    /// `estimate` is the module size along another line; perspective makes up to 3.2 of one. A cut ends with the first run that is no
    /// pattern's: most do, and early.
    private func cut(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, _ isDark: Bool, _ estimate: Float) -> (
        offset: Float, module: Float
    )? {
        let longest = 3.2 * estimate + 1
        var (ahead, behind) = (
            EdgeWalk(in: plane, x: x, y: y, dx: dx, dy: dy, isDark: isDark),
            EdgeWalk(in: plane, x: x, y: y, dx: -dx, dy: -dy, isDark: isDark)
        )
        func goOn(_ walk: inout EdgeWalk, _ limit: Float, or stop: EdgeWalk.Stop = .nothing) -> Bool {
            walk.goOn(in: plane, map, within: limit, or: stop)
        }
        // The whole middle may lie on one side.
        guard goOn(&ahead, 3 * longest), goOn(&behind, max(0, 3 * longest - ahead.reached)) else { return nil }
        let (toMiddle, fromMiddle) = (behind.reached, ahead.reached)
        let middle = toMiddle + fromMiddle
        // What ``FinderRuns`` lets pass at most.
        let limit = min(1.6 * longest + 1, 1.32 * middle + 1.75)
        guard middle > 0.8 * estimate - 1, goOn(&ahead, limit), goOn(&behind, limit) else { return nil }
        let (second, fourth) = (behind.reached - toMiddle, ahead.reached - fromMiddle)
        guard goOn(&ahead, limit, or: isBare ? .limit : .pictureEdge), goOn(&behind, limit, or: isBare ? .limit : .pictureEdge)
        else {
            return nil
        }
        let runs = FinderRuns(
            behind.reached - second - toMiddle, second, middle, fourth, ahead.reached - fourth - fromMiddle, isBare: isBare)
        guard let module = runs.module else { return nil }
        return ((fromMiddle - toMiddle) / 2, module)
    }
}
