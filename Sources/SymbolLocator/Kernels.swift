/// The loops that touch every pixel. They run on bare pointers: with a bounds check in it, a loop is not made into vector code.
/// Each checks its bounds once, before it starts.
enum Kernels {
    /// The plane at half its sides, each pixel the mean of four; an odd last row or column falls away.
    static func halved(_ plane: LumaPlane) -> LumaPlane {
        let (width, height, stride) = (plane.width / 2, plane.height / 2, plane.width)
        guard width > 0, height > 0 else { return LumaPlane(width: 0, height: 0, pixels: []) }
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { half, count in
            unsafe plane.pixels.withUnsafeBytes { whole in
                guard let source = whole.baseAddress, let target = half.baseAddress else { return }
                for y in 0..<height {
                    let upper = unsafe source + 2 * y * stride
                    let lower = unsafe upper + stride
                    let row = unsafe target + y * width
                    for x in 0..<width {
                        // Two pixels in one word, whichever comes first.
                        let above = unsafe upper.loadUnaligned(fromByteOffset: 2 &* x, as: UInt16.self)
                        let below = unsafe lower.loadUnaligned(fromByteOffset: 2 &* x, as: UInt16.self)
                        let sum = (above & 255) &+ (above >> 8) &+ (below & 255) &+ (below >> 8)
                        unsafe row[x] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: width, height: height, pixels: pixels)
    }

    /// The least value of each block of 4 × 4 pixels, `columns` × `rows` of them, each value XORed with `flip` first: with 255, the
    /// least is what is left of 255 above the greatest. The blocks past an edge are the last whole ones.
    static func least(_ plane: LumaPlane, columns: Int, rows: Int, flip: UInt8) -> [UInt8] {
        let (width, whole) = (plane.width, min(columns, plane.width / 4))
        guard whole > 0, plane.height > 0 else { return [UInt8](repeating: flip, count: columns * rows) }
        var line = [UInt8](repeating: 0, count: width)
        return unsafe [UInt8](unsafeUninitializedCapacity: columns * rows) { blocks, count in
            unsafe plane.pixels.withUnsafeBufferPointer { pixels in
                unsafe line.withUnsafeMutableBytes { line in
                    guard let source = pixels.baseAddress, let target = blocks.baseAddress, let least = line.baseAddress else {
                        return
                    }
                    let bytes = unsafe least.assumingMemoryBound(to: UInt8.self)
                    for row in 0..<rows {
                        let first = min(4 * row, max(0, plane.height - 4))
                        let last = min(first + 3, plane.height - 1)
                        let (a, d) = unsafe (source + first * width, source + last * width)
                        let (b, c) = unsafe (source + min(first + 1, last) * width, source + min(first + 2, last) * width)
                        for x in 0..<width { unsafe bytes[x] = min(min(a[x] ^ flip, b[x] ^ flip), min(c[x] ^ flip, d[x] ^ flip)) }
                        let out = unsafe target + row * columns
                        for block in 0..<whole {
                            let four = unsafe least.loadUnaligned(fromByteOffset: 4 &* block, as: UInt32.self)
                            let pairs = min(Int32(four & 255), Int32(four >> 8 & 255))
                            let others = min(Int32(four >> 16 & 255), Int32(four >> 24))
                            unsafe out[block] = UInt8(truncatingIfNeeded: min(pairs, others))
                        }
                        for block in whole..<columns { unsafe out[block] = out[whole - 1] }
                    }
                }
            }
            count = columns * rows
        }
    }

    /// The least of the values up to one column and one row away.
    static func leastAround(_ values: [UInt8], columns: Int, rows: Int) -> [UInt8] {
        precondition(values.count == columns * rows)
        var across = values
        unsafe values.withUnsafeBufferPointer { values in
            unsafe across.withUnsafeMutableBufferPointer { across in
                for row in 0..<rows {
                    for column in 0..<columns where column < 1 || column >= columns - 1 {
                        for near in max(0, column - 1)...min(columns - 1, column + 1) {
                            unsafe across[row * columns + column] = min(
                                across[row * columns + column], values[row * columns + near])
                        }
                    }
                    guard columns > 2, let source = values.baseAddress, let target = across.baseAddress else { continue }
                    let (from, to) = unsafe (source + row * columns, target + row * columns)
                    for x in 1..<columns &- 1 { unsafe to[x] = min(min(from[x &- 1], from[x]), from[x &+ 1]) }
                }
            }
        }
        var both = across
        unsafe across.withUnsafeBufferPointer { across in
            unsafe both.withUnsafeMutableBufferPointer { both in
                guard let source = across.baseAddress, let target = both.baseAddress else { return }
                for row in 0..<rows {
                    let to = unsafe target + row * columns
                    for near in max(0, row - 1)...min(rows - 1, row + 1) {
                        let from = unsafe source + near * columns
                        for x in 0..<columns { unsafe to[x] = min(to[x], from[x]) }
                    }
                }
            }
        }
        return both
    }

    /// Bits of the pixels of a row that are darker than their block's threshold, the first in the least bit of the first word.
    ///
    /// `thresholds` holds one value for each eight pixels of the row, from `firstThreshold` on. The bits past the row's end are zero.
    static func darkBits(_ plane: LumaPlane, row: Int, thresholds: [UInt8], firstThreshold: Int, into words: inout [UInt64]) {
        let (width, blocks, whole) = (plane.width, (plane.width + 7) / 8, plane.width / 8)
        precondition(row >= 0 && row < plane.height && firstThreshold >= 0 && firstThreshold + blocks <= thresholds.count)
        precondition(words.count >= (blocks + 7) / 8)
        unsafe plane.pixels.withUnsafeBytes { pixels in
            unsafe thresholds.withUnsafeBufferPointer { thresholds in
                unsafe words.withUnsafeMutableBufferPointer { words in
                    let start = row * width
                    for index in 0..<(blocks + 7) / 8 {
                        var word: UInt64 = 0
                        for block in index * 8..<min(index * 8 + 8, whole) {
                            let threshold = unsafe thresholds[firstThreshold &+ block]
                            guard threshold > 0 else { continue }
                            let eight = unsafe pixels.loadUnaligned(fromByteOffset: start &+ block &* 8, as: UInt64.self)
                            word |= bytesBelow(UInt64(littleEndian: eight), threshold) << UInt64(8 &* (block & 7))
                        }
                        unsafe words[index] = word
                    }
                    guard blocks > whole else { return }
                    let threshold = unsafe thresholds[firstThreshold + whole]
                    for x in whole * 8..<width where unsafe pixels[start + x] < threshold {
                        unsafe words[x / 64] |= 1 << UInt64(x & 63)
                    }
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
