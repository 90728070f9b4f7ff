/// What takes out blur, and makes lines of a picture that was taken while something moved.
extension Kernels {
    /// The plane with columns for rows.
    static func transposed(_ plane: LumaPlane) -> LumaPlane {
        let (width, height) = (plane.width, plane.height)
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { turned, count in
            unsafe plane.pixels.withUnsafeBufferPointer { pixels in
                // Sixteen rows at a time stay in the cache.
                for top in stride(from: 0, to: height, by: 16) {
                    for x in 0..<width {
                        for y in top..<min(top + 16, height) { unsafe turned[x &* height &+ y] = pixels[y &* width &+ x] }
                    }
                }
            }
            count = width * height
        }
        return LumaPlane(width: height, height: width, pixels: pixels)
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
