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
        precondition(values.count == columns * rows && columns > 0)
        // Of each three in a row first, then of those in three rows.
        let across = unsafe [UInt8](unsafeUninitializedCapacity: values.count) { across, count in
            unsafe values.withUnsafeBufferPointer { values in
                guard let source = values.baseAddress, let target = across.baseAddress else { return }
                for row in 0..<rows {
                    let (from, to) = unsafe (source + row * columns, target + row * columns)
                    unsafe to[0] = min(from[0], from[min(1, columns - 1)])
                    for x in 1..<max(1, columns - 1) { unsafe to[x] = min(min(from[x &- 1], from[x]), from[x &+ 1]) }
                    unsafe to[columns - 1] = min(from[columns - 1], from[max(0, columns - 2)])
                }
            }
            count = values.count
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: values.count) { both, count in
            unsafe across.withUnsafeBufferPointer { across in
                guard let source = across.baseAddress, let target = both.baseAddress else { return }
                for row in 0..<rows {
                    let (from, to) = unsafe (source + row * columns, target + row * columns)
                    let above = unsafe source + max(0, row - 1) * columns
                    let below = unsafe source + min(rows - 1, row + 1) * columns
                    for x in 0..<columns { unsafe to[x] = min(min(above[x], from[x]), below[x]) }
                }
            }
            count = values.count
        }
    }

    /// Half way between the darkest and the lightest around each block, from `darkest` and what is left of 255 above the lightest; 0 where
    /// they are less than `leastContrast` apart.
    static func thresholds(_ darkest: [UInt8], _ lightest: [UInt8], leastContrast: UInt8) -> [UInt8] {
        precondition(darkest.count == lightest.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: darkest.count) { thresholds, count in
            unsafe darkest.withUnsafeBufferPointer { darkest in
                unsafe lightest.withUnsafeBufferPointer { lightest in
                    for index in 0..<darkest.count {
                        let dark = unsafe darkest[index]
                        let contrast = unsafe 255 &- lightest[index] &- dark
                        unsafe thresholds[index] = contrast < leastContrast ? 0 : dark &+ contrast >> 1 &+ 1
                    }
                }
            }
            count = darkest.count
        }
    }
}
