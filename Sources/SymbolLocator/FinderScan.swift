/// Looks along the rows of one plane for the finder patterns' 1 : 1 : 3 : 1 : 1, and down the column where it finds it.
struct FinderScan {
    private let plane: LumaPlane
    private let map: ThresholdMap
    /// In pixels of this plane.
    private(set) var found: [FinderPattern] = []

    /// Patterns after which a scan ends: a picture of texture alone must not cost without end.
    static let mostPatterns = 200

    init(_ plane: LumaPlane, half: LumaPlane) {
        self.plane = plane
        map = ThresholdMap(plane, half: half)
        scan()
    }

    private mutating func scan() {
        var words = [UInt64](repeating: 0, count: (plane.width + 63) / 64)
        var edges = [Int32](repeating: 0, count: plane.width + 3)
        // The middle of a finder pattern is three modules high, so every third row meets it even at one pixel per module;
        // in a picture that is large, a symbol is too, or too small to be read.
        for y in stride(from: 1, to: plane.height, by: plane.height < 720 ? 3 : 4) where found.count < Self.mostPatterns {
            Kernels.darkBits(plane, row: y, thresholds: map.thresholds, firstThreshold: y / 8 * map.columns, into: &words)
            let count = Self.edges(of: words, into: &edges)
            guard count > 4 else { continue }
            edges[count] = Int32(plane.width)
            var index = 5
            while index <= count {
                if Self.isPattern(edges, index) { look(at: edges, index, y) }
                index += 1
            }
        }
    }

    /// The columns at which the bits change, from a light pixel before the row on.
    private static func edges(of words: [UInt64], into edges: inout [Int32]) -> Int {
        // The picture's own edges count as edges, for a symbol that is cut to its modules.
        var count = words[0] & 1 == 0 ? 1 : 0
        edges[0] = 0
        var carry: UInt64 = 0
        for index in words.indices {
            let word = words[index]
            var changes = word ^ (word << 1 | carry)
            carry = word >> 63
            while changes != 0 {
                edges[count] = Int32(truncatingIfNeeded: index &* 64 &+ changes.trailingZeroBitCount)
                count &+= 1
                changes &= changes &- 1
            }
        }
        return count
    }

    /// Whether the five runs that end at an edge may be a pattern's, edges being known to a pixel.
    @inline(__always) private static func isPattern(_ edges: [Int32], _ last: Int) -> Bool {
        let (a, b, c) = (edges[last - 5], edges[last - 4], edges[last - 3])
        let (d, e, f) = (edges[last - 2], edges[last - 1], edges[last])
        // In 28ths of a pixel, so that modules and bias, as in ``FinderRuns``, are whole numbers.
        let bias = ((c &- b) &+ (e &- d) &- (b &- a) &- (f &- e)) &* 7
        let module = (f &- a) &* 4 &+ bias / 7
        let slack = module / 2 &+ 14
        return abs((d &- c) &* 28 &+ bias &- 3 &* module) <= slack &+ slack / 2 && abs((b &- a) &* 28 &+ bias &- module) <= slack
            && abs((c &- b) &* 28 &- bias &- module) <= slack && abs((e &- d) &* 28 &- bias &- module) <= slack
            && abs((f &- e) &* 28 &+ bias &- module) <= slack
    }

    private mutating func look(at edges: [Int32], _ last: Int, _ y: Int) {
        let middle = Int(edges[last - 3] + edges[last - 2]) / 2
        let isDark = isDark(middle, y)
        guard let estimate = module(edges, last, y) else { return }
        let rough = FinderPattern(centre: Point(Float(middle) + 0.5, Float(y) + 0.5), module: estimate, isDark: isDark)
        if let known = found.firstIndex(where: { $0.isSame(rough) }) {
            found[known].sights += 1
            return
        }
        guard let down = cut(middle, y, 0, 1, isDark, estimate) else { return }
        let centreY = Float(y) + 0.5 + down.offset
        let row = min(max(Int(centreY), 0), plane.height - 1)
        guard self.isDark(middle, row) == isDark, let across = cut(middle, row, 1, 0, isDark, estimate) else { return }
        let (longer, shorter) = (max(down.module, across.module), min(down.module, across.module))
        guard longer < 3 * shorter else { return }
        let column = min(max(Int(Float(middle) + 0.5 + across.offset), 0), plane.width - 1)
        guard self.isDark(column, row) == isDark,
            cut(column, row, 1, 1, isDark, estimate) != nil || cut(column, row, 1, -1, isDark, estimate) != nil
        else { return }
        let pattern = FinderPattern(
            centre: Point(Float(middle) + 0.5 + across.offset, centreY), module: (down.module + across.module) / 2, isDark: isDark
        )
        if let known = found.firstIndex(where: { $0.isSame(pattern) }) {
            found[known].sights += 1
        } else {
            found.append(pattern)
        }
    }

    /// The module size of a row's pattern, or nil when it is none: its edges lie between pixels, where the threshold is crossed.
    private func module(_ edges: [Int32], _ last: Int, _ y: Int) -> Float? {
        let (a, b, c) = (crossing(edges[last - 5], y), crossing(edges[last - 4], y), crossing(edges[last - 3], y))
        let (d, e, f) = (crossing(edges[last - 2], y), crossing(edges[last - 1], y), crossing(edges[last], y))
        return FinderRuns(b - a, c - b, d - c, e - d, f - e).module
    }

    /// Where between the middles of two pixels of a row the threshold of the second is crossed.
    @inline(__always) private func crossing(_ edge: Int32, _ y: Int) -> Float {
        let x = Int(edge)
        guard x > 0, x < plane.width else { return Float(x) }
        let (before, after) = (Float(plane.pixels[y &* plane.width &+ x &- 1]), Float(plane.pixels[y &* plane.width &+ x]))
        let threshold = Float(map.thresholds[(y >> 3) &* map.columns &+ (x >> 3)])
        return Float(x) - 0.5 + (before == after ? 0.5 : min(max((threshold - before) / (after - before), 0), 1))
    }

    @inline(__always) private func isDark(_ x: Int, _ y: Int) -> Bool {
        plane.pixels[y &* plane.width &+ x] < map.thresholds[(y >> 3) &* map.columns &+ (x >> 3)]
    }

    /// The pattern's cut by a line through a pixel: where its middle lies from there, and its module size, both in steps of the line.
    ///
    /// `estimate` is the module size along another line; perspective makes up to 2.5 of one.
    private func cut(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, _ isDark: Bool, _ estimate: Float) -> (
        offset: Float, module: Float
    )? {
        let longest = 2.5 * estimate + 1
        guard let ahead = arm(x, y, dx, dy, isDark, longest), let behind = arm(x, y, -dx, -dy, isDark, longest) else {
            return nil
        }
        let runs = FinderRuns(
            behind.z - behind.y, behind.y - behind.x, ahead.x + behind.x, ahead.y - ahead.x, ahead.z - ahead.y)
        guard let module = runs.module else { return nil }
        return ((ahead.x - behind.x) / 2, module)
    }

    /// How far from a pixel's centre, in steps, the next three changes lie; between two pixels, where the threshold is crossed.
    ///
    /// Nil as soon as a run is too long for modules of `longest` steps.
    private func arm(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, _ isDark: Bool, _ longest: Float) -> SIMD3<Float>? {
        var changes = SIMD3<Float>()
        var (x, y, found, expected, step) = (x, y, 0, isDark, 0)
        // The whole middle may lie on one side.
        var limit = Int(3 * longest)
        while step < limit {
            step += 1
            let (nextX, nextY) = (x &+ dx, y &+ dy)
            guard nextX >= 0, nextY >= 0, nextX < plane.width, nextY < plane.height else {
                guard found == 2 else { return nil }
                changes[2] = Float(step) - 0.5
                return changes
            }
            let threshold = map.thresholds[(nextY >> 3) &* map.columns &+ (nextX >> 3)]
            let next = plane.pixels[nextY &* plane.width &+ nextX]
            defer { (x, y) = (nextX, nextY) }
            guard (next < threshold) != expected else { continue }
            let here = plane.pixels[y &* plane.width &+ x]
            let share = next == here ? 0.5 : (Float(threshold) - Float(here)) / (Float(next) - Float(here))
            changes[found] = Float(step - 1) + min(max(share, 0), 1)
            found += 1
            expected.toggle()
            if found == 3 { return changes }
            limit = step + Int(1.6 * longest) + 1
        }
        return nil
    }
}

/// The five runs of a cut through a finder pattern.
struct FinderRuns {
    /// Nil when the runs are not 1 : 1 : 3 : 1 : 1.
    let module: Float?

    /// Blur, ink and halation make all dark runs narrower or wider by about the same; that bias is taken out first.
    init(_ first: Float, _ second: Float, _ middle: Float, _ fourth: Float, _ fifth: Float) {
        let bias = (second + fourth - first - fifth) / 4
        let module = (first + second + middle + fourth + fifth + bias) / 7
        let slack = 0.45 * module + 0.25
        let isPattern =
            abs(middle + bias - 3 * module) < 1.5 * slack && abs(first + bias - module) < slack
            && abs(second - bias - module) < slack && abs(fourth - bias - module) < slack && abs(fifth + bias - module) < slack
            && abs(bias) < 0.7 * module
        self.module = isPattern ? module : nil
    }
}
