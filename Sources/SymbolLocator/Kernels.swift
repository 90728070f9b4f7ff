/// The three loops that touch every pixel. They run on bare pointers: with a bounds check in it, a loop is not made into vector code.
/// Each checks its bounds once, before it starts.
enum Kernels {
    /// The plane at half its sides, each pixel the mean of four; an odd last row or column falls away.
    static func halved(_ plane: LumaPlane) -> LumaPlane {
        let (width, height, stride) = (plane.width / 2, plane.height / 2, plane.width)
        guard width > 0, height > 0 else { return LumaPlane(width: 0, height: 0, pixels: []) }
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { half, count in
            unsafe plane.pixels.withUnsafeBufferPointer { whole in
                guard let source = whole.baseAddress, let target = half.baseAddress else { return }
                for y in 0..<height {
                    let upper = unsafe source + 2 * y * stride
                    let lower = unsafe upper + stride
                    let row = unsafe target + y * width
                    for x in 0..<width {
                        let above = unsafe UInt16(upper[2 &* x]) &+ UInt16(upper[2 &* x &+ 1])
                        let below = unsafe UInt16(lower[2 &* x]) &+ UInt16(lower[2 &* x &+ 1])
                        unsafe row[x] = UInt8(truncatingIfNeeded: (above &+ below &+ 2) >> 2)
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: width, height: height, pixels: pixels)
    }

    /// For each column, the least and greatest luma of `rows` rows from `first` on.
    static func columnRanges(_ plane: LumaPlane, first: Int, rows: Int, least: inout [UInt8], greatest: inout [UInt8]) {
        let width = plane.width
        precondition(first >= 0 && rows > 0 && first + rows <= plane.height && least.count >= width && greatest.count >= width)
        unsafe plane.pixels.withUnsafeBufferPointer { whole in
            unsafe least.withUnsafeMutableBufferPointer { least in
                unsafe greatest.withUnsafeMutableBufferPointer { greatest in
                    guard let source = whole.baseAddress, let low = least.baseAddress, let high = greatest.baseAddress else { return }
                    for x in 0..<width { unsafe (low[x], high[x]) = (source[first &* width &+ x], source[first &* width &+ x]) }
                    for y in first &+ 1..<first &+ rows {
                        let row = unsafe source + y * width
                        for x in 0..<width {
                            unsafe low[x] = min(low[x], row[x])
                            unsafe high[x] = max(high[x], row[x])
                        }
                    }
                }
            }
        }
    }

    /// Bits of the pixels of a row that are darker than their block's threshold, the first in the least bit of the first word.
    ///
    /// `thresholds` holds one value for each eight pixels of the row, from `firstThreshold` on. The bits past the row's end are zero.
    static func darkBits(_ plane: LumaPlane, row: Int, thresholds: [UInt8], firstThreshold: Int, into words: inout [UInt64]) {
        let (width, blocks) = (plane.width, (plane.width + 7) / 8)
        precondition(row >= 0 && row < plane.height && firstThreshold >= 0 && firstThreshold + blocks <= thresholds.count)
        precondition(words.count >= (blocks + 7) / 8)
        unsafe plane.pixels.withUnsafeBytes { whole in
            let start = row * width
            var word: UInt64 = 0
            for block in 0..<blocks {
                let threshold = thresholds[firstThreshold &+ block]
                var bits: UInt64 = 0
                if threshold > 0 {
                    if block &* 8 &+ 8 <= width {
                        let eight = unsafe whole.loadUnaligned(fromByteOffset: start &+ block &* 8, as: UInt64.self)
                        bits = bytesBelow(UInt64(littleEndian: eight), threshold)
                    } else {
                        for x in block &* 8..<width where unsafe whole[start &+ x] < threshold { bits |= 1 << UInt64(x & 7) }
                    }
                }
                word |= bits << UInt64(8 &* (block & 7))
                if block & 7 == 7 || block == blocks &- 1 {
                    words[block / 8] = word
                    word = 0
                }
            }
        }
    }

    /// One bit for each of eight bytes that is below `threshold`: a bytewise subtraction's borrows, gathered by a multiplication.
    @inline(__always) private static func bytesBelow(_ bytes: UInt64, _ threshold: UInt8) -> UInt64 {
        let high: UInt64 = 0x8080_8080_8080_8080
        let limit = UInt64(threshold) &* 0x0101_0101_0101_0101
        let difference = ((bytes | high) &- (limit & ~high)) ^ ((bytes ^ ~limit) & high)
        let borrows = ((~bytes & limit) | ((~bytes | limit) & difference)) & high
        return ((borrows >> 7) &* 0x0102_0408_1020_4080) >> 56
    }
}
