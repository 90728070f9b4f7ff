/// What is done with one row at a time.
extension Kernels {
    /// Fills `limits` with a row of thresholds that begins at `first`, each in all eight bytes of its own.
    static func spread(_ thresholds: [UInt8], from first: Int, into limits: inout [UInt64]) {
        precondition(first >= 0 && first + limits.count <= thresholds.count)
        unsafe thresholds.withUnsafeBufferPointer { thresholds in
            unsafe limits.withUnsafeMutableBufferPointer { limits in
                for index in 0..<limits.count { unsafe limits[index] = UInt64(thresholds[first &+ index]) &* byteSum }
            }
        }
    }

    /// Bits of the pixels of a row that are darker than their block's threshold, the first in the least bit of the first word.
    ///
    /// `limits` holds one value for each eight pixels of the row: the threshold in each of its bytes. The bits past the row's end are zero.
    static func darkBits(_ plane: LumaPlane, row: Int, limits: [UInt64], into words: inout [UInt64]) {
        let (width, blocks, pairs) = (plane.width, (plane.width + 7) / 8, plane.width / 16)
        // Once a row: each use of a lazy constant asks whether it is set.
        let bitOfByte = bitOfByte
        precondition(row >= 0 && row < plane.height && blocks <= limits.count && words.count >= (blocks + 7) / 8)
        unsafe plane.pixels.withUnsafeBytes { pixels in
            unsafe limits.withUnsafeBytes { limits in
                unsafe words.withUnsafeMutableBytes { words in
                    let start = row * width
                    for pair in 0..<pairs {
                        let limit = unsafe limits.loadUnaligned(fromByteOffset: pair &* 16, as: SIMD16<UInt8>.self)
                        let sixteen = unsafe pixels.loadUnaligned(fromByteOffset: start &+ pair &* 16, as: SIMD16<UInt8>.self)
                        let dark = unsafe unsafeBitCast(
                            bitOfByte.replacing(with: 0, where: sixteen .>= limit), to: SIMD2<UInt64>.self)
                        // The greatest byte of a product is the sum of all bytes.
                        let (first, second) = ((dark[0] &* byteSum) >> 56, (dark[1] &* byteSum) >> 56)
                        unsafe words.storeBytes(
                            of: UInt16(truncatingIfNeeded: first | second << 8).littleEndian, toByteOffset: pair &* 2,
                            as: UInt16.self)
                    }
                    for index in pairs * 2..<words.count { unsafe words[index] = 0 }
                    for x in pairs * 16..<width
                    where unsafe UInt64(pixels[start + x]) < limits.load(fromByteOffset: x / 8 * 8, as: UInt64.self) & 255 {
                        unsafe words[x / 8] = words[x / 8] | 1 << UInt8(x & 7)
                    }
                }
            }
        }
    }

    private static var byteSum: UInt64 { 0x0101_0101_0101_0101 }
    private static let bitOfByte: SIMD16<UInt8> = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]

    /// All bits of one byte for each of eight successive places in a row's edges: whether the five runs from there on may be a finder
    /// pattern's, edges being known to a pixel. When `isBare`, one of the outer two is longer.
    ///
    /// What is over a thousand pixels wide may be taken for either.
    static func patterns(_ edges: [UInt16], from first: Int, isBare: Bool) -> UInt64 {
        precondition(first >= 0 && first + 13 <= edges.count)
        return unsafe edges.withUnsafeBytes { bytes in
            func edge(_ index: Int) -> Runs { unsafe bytes.loadUnaligned(fromByteOffset: 2 * (first + index), as: Runs.self) }
            var (a, b, c, d, e, f) = (edge(0), edge(1), edge(2), edge(3), edge(4), edge(5))
            // All bits set in the lanes that are left out.
            var others = Runs.zero
            if isBare {
                // A third of the middle, nearly.
                let longest = ((d &- c) &* 21 &+ 32) &>> 6
                let limit = longest &+ longest &>> 1
                let (isFirst, isLong) = ((b &- a) .> (f &- e), ((b &- a) .> limit) .| ((f &- e) .> limit))
                a.replace(with: b &- longest, where: isFirst .& isLong)
                f.replace(with: e &+ longest, where: .!isFirst .& isLong)
                others.replace(with: -1, where: .!isLong)
            }
            // As in ``FinderRuns``, in 28ths of a pixel.
            let bias = (c &- b) &+ (e &- d) &- (b &- a) &- (f &- e)
            let module = (f &- a) &* 4 &+ bias
            let slack = module &>> 1 &+ 14
            /// The sign bit says whether a run is near what is expected.
            @inline(__always) func nearness(_ run: Runs, _ expected: Runs, _ slack: Runs) -> Runs {
                let apart = run &* 28 &- expected
                // All bits of a negative number's are set.
                let sign = apart &>> 15
                return (apart ^ sign) &- sign &- slack
            }
            let (dark, light) = (module &- 7 &* bias, module &+ 7 &* bias)
            let signs =
                nearness(d &- c, dark &+ 2 &* module, slack &+ slack &>> 1) & nearness(b &- a, dark, slack)
                & nearness(c &- b, light, slack) & nearness(e &- d, light, slack) & nearness(f &- e, dark, slack)
            return unsafe unsafeBitCast(SIMD8<Int8>(truncatingIfNeeded: (signs & ~others) &>> 15), to: UInt64.self)
        }
    }

    /// Differences of columns, which are counted modulo 2^16.
    private typealias Runs = SIMD8<Int16>

    /// Where between the middles of two pixels of a row the threshold of the second is crossed, for six successive edges.
    static func crossings(
        _ edges: [UInt16], from first: Int, in plane: LumaPlane, row: Int, _ thresholds: [UInt8], from block: Int
    ) -> Eight {
        let (width, blocks) = (plane.width, (plane.width + 7) / 8)
        precondition(row >= 0 && row < plane.height && block >= 0 && block + blocks <= thresholds.count)
        precondition(first >= 0 && first + 6 <= edges.count)
        // At the picture's own edges, half way.
        var (columns, before, after, limits) = (Eight.zero, Eight.zero, Eight(repeating: 2), Eight(repeating: 1))
        unsafe plane.pixels.withUnsafeBufferPointer { pixels in
            unsafe thresholds.withUnsafeBufferPointer { thresholds in
                for lane in 0..<6 {
                    let x = Int(edges[first &+ lane])
                    columns[lane] = Float(x)
                    guard x > 0, x < width else { continue }
                    let place = row &* width &+ x
                    before[lane] = Float(unsafe pixels[place &- 1])
                    after[lane] = Float(unsafe pixels[place])
                    limits[lane] = Float(unsafe thresholds[block &+ x >> 3])
                }
            }
        }
        let isLevel = before .== after
        let shares = ((limits - before) / (after - before).replacing(with: 1, where: isLevel)).replacing(
            with: 0.5, where: isLevel)
        return columns - 0.5 + shares.clamped(to: 1)
    }

    /// The columns at which the bits of a row change, from a light pixel before the row on, and how many they are. There is room for one more
    /// than the row has pixels.
    static func edges(of words: [UInt64], into edges: inout [UInt16]) -> Int {
        precondition(edges.count > words.count * 64)
        return unsafe edges.withUnsafeMutableBufferPointer { edges in
            unsafe words.withUnsafeBufferPointer { words in
                // The picture's own edges count as edges, for a symbol that is cut to its modules.
                var count = unsafe words[0] & 1 == 0 ? 1 : 0
                unsafe edges[0] = 0
                var carry: UInt64 = 0
                for index in 0..<words.count {
                    let word = unsafe words[index]
                    var changes = word ^ (word << 1 | carry)
                    carry = word >> 63
                    while changes != 0 {
                        unsafe edges[count] = UInt16(truncatingIfNeeded: index &* 64 &+ changes.trailingZeroBitCount)
                        count &+= 1
                        changes &= changes &- 1
                    }
                }
                return count
            }
        }
    }
}
