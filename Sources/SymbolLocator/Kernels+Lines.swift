/// What takes out blur, and makes lines of a picture that was taken while something moved.
extension Kernels {
    /// The plane with columns for rows. Only for planes with sides of eight pixels or more.
    static func transposed(_ plane: LumaPlane) -> LumaPlane {
        let (width, height) = (plane.width, plane.height)
        precondition(width >= 8 && height >= 8)
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { turned, count in
            let target = UnsafeMutableRawBufferPointer(turned)
            unsafe plane.pixels.withUnsafeBytes { source in
                // The last blocks of 8 × 8 reach back over those before them.
                for y in stride(from: 0, to: height, by: 8).map({ min($0, height - 8) }) {
                    for x in stride(from: 0, to: width, by: 8) {
                        let x = min(x, width - 8)
                        @inline(__always) func row(_ index: Int) -> UInt64 {
                            unsafe UInt64(
                                littleEndian: source.loadUnaligned(fromByteOffset: (y &+ index) &* width &+ x, as: UInt64.self))
                        }
                        var (a, b, c, d, e, f, g, h) = (row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7))
                        exchange(&a, &e, 32, 0xFFFF_FFFF)
                        exchange(&b, &f, 32, 0xFFFF_FFFF)
                        exchange(&c, &g, 32, 0xFFFF_FFFF)
                        exchange(&d, &h, 32, 0xFFFF_FFFF)
                        exchange(&a, &c, 16, 0xFFFF_0000_FFFF)
                        exchange(&b, &d, 16, 0xFFFF_0000_FFFF)
                        exchange(&e, &g, 16, 0xFFFF_0000_FFFF)
                        exchange(&f, &h, 16, 0xFFFF_0000_FFFF)
                        exchange(&a, &b, 8, 0xFF_00FF_00FF_00FF)
                        exchange(&c, &d, 8, 0xFF_00FF_00FF_00FF)
                        exchange(&e, &f, 8, 0xFF_00FF_00FF_00FF)
                        exchange(&g, &h, 8, 0xFF_00FF_00FF_00FF)
                        @inline(__always) func store(_ column: UInt64, _ index: Int) {
                            unsafe target.storeBytes(
                                of: column.littleEndian, toByteOffset: (x &+ index) &* height &+ y, as: UInt64.self)
                        }
                        store(a, 0)
                        store(b, 1)
                        store(c, 2)
                        store(d, 3)
                        store(e, 4)
                        store(f, 5)
                        store(g, 6)
                        store(h, 7)
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: height, height: width, pixels: pixels)
    }

    /// Exchanges what `mask` covers of the second with what it covers of the first, shifted by so many bits.
    @inline(__always) private static func exchange(_ first: inout UInt64, _ second: inout UInt64, _ shift: UInt64, _ mask: UInt64)
    {
        let difference = (first &>> shift ^ second) & mask
        second ^= difference
        first ^= difference &<< shift
    }

    /// One line for each two rows: the mean of them and of the two beside them, without the blur that a lens leaves along it.
    static func sharpLines(_ plane: LumaPlane) -> LumaPlane {
        let (width, height) = (plane.width, plane.height / 2)
        guard width > 2, height > 1 else { return LumaPlane(width: 0, height: 0, pixels: []) }
        var sums = [Int16](repeating: 0, count: width)
        let lines = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { lines, count in
            unsafe plane.pixels.withUnsafeBufferPointer { pixels in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<height {
                        let (a, b) = (max(0, 2 * y - 1) * width, 2 * y * width)
                        let (c, d) = ((2 * y + 1) * width, min(plane.height - 1, 2 * y + 2) * width)
                        for x in 0..<width {
                            let upper = unsafe Int16(pixels[a &+ x]) &+ Int16(pixels[b &+ x])
                            unsafe sums[x] = upper &+ Int16(pixels[c &+ x]) &+ Int16(pixels[d &+ x])
                        }
                        let first = y * width
                        unsafe lines[first] = UInt8(truncatingIfNeeded: sums[0] >> 2)
                        unsafe lines[first + width - 1] = UInt8(truncatingIfNeeded: sums[width - 1] >> 2)
                        for x in 1..<width - 1 {
                            let value = unsafe (4 &* sums[x] &- sums[x &- 1] &- sums[x &+ 1]) >> 3
                            unsafe lines[first &+ x] = UInt8(truncatingIfNeeded: min(max(value, 0), 255))
                        }
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: width, height: height, pixels: lines)
    }

    /// The plane without most of the blur of a lens and of pixels: each pixel, and four times what it differs from the binomial mean of the
    /// nine around it.
    static func sharpened(_ plane: LumaPlane) -> LumaPlane {
        let (width, height) = (plane.width, plane.height)
        guard width > 2, height > 2 else { return plane }
        var sums = [Int16](repeating: 0, count: width)
        let sharp = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { sharp, count in
            unsafe plane.pixels.withUnsafeBufferPointer { pixels in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<height {
                        let (above, here, below) = (max(0, y - 1) * width, y * width, min(height - 1, y + 1) * width)
                        for x in 0..<width {
                            let both = unsafe Int16(pixels[above &+ x]) &+ Int16(pixels[below &+ x])
                            unsafe sums[x] = both &+ 2 &* Int16(pixels[here &+ x])
                        }
                        unsafe sharp[here] = pixels[here]
                        unsafe sharp[here + width - 1] = pixels[here + width - 1]
                        for x in 1..<width - 1 {
                            let blurred = unsafe sums[x &- 1] &+ 2 &* sums[x] &+ sums[x &+ 1]
                            let value = unsafe (20 &* Int16(pixels[here &+ x]) &- blurred) >> 2
                            unsafe sharp[here &+ x] = UInt8(truncatingIfNeeded: min(max(value, 0), 255))
                        }
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: width, height: height, pixels: sharp)
    }
}
