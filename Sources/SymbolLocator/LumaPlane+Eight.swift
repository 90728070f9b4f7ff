/// Eight positions or values: a vector register takes as long for them as for one.
typealias Eight = SIMD8<Float>

extension Eight {
    static var steps: Eight { [0, 1, 2, 3, 4, 5, 6, 7] }
}

extension LumaPlane {
    /// What ``sample(_:)`` gives for each of eight positions. Only for planes with sides of two pixels or more.
    @inline(__always) func samples(_ x: Eight, _ y: Eight) -> Eight {
        precondition(width > 1 && height > 1)
        let (column, across) = Self.split(x, side: width)
        let (row, below) = Self.split(y, side: height)
        var (upper, lower): (SIMD8<UInt32>, SIMD8<UInt32>) = (.zero, .zero)
        unsafe pixels.withUnsafeBytes { bytes in
            // A split leaves room for one pixel to the right and one below.
            for lane in 0..<8 {
                let first = Int(row[lane]) &* width &+ Int(column[lane])
                upper[lane] = UInt32(UInt16(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: first, as: UInt16.self)))
                lower[lane] = UInt32(
                    UInt16(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: first &+ width, as: UInt16.self)))
            }
        }
        let (upperLeft, lowerLeft) = (Self.float(upper & 255), Self.float(lower & 255))
        let above = upperLeft + (Self.float(upper &>> 8) - upperLeft) * across
        let under = lowerLeft + (Self.float(lower &>> 8) - lowerLeft) * across
        return above + (under - above) * below
    }

    /// From here to twice as much, a `Float`'s last bit counts one: added to a smaller number, it rounds that and shows it in its bits.
    private static let rounder: Float = 0x1p23

    /// The pixel whose middle and the next one's a position lies between, and its share of the way; outside, the nearest edge.
    @inline(__always) private static func split(_ position: Eight, side: Int) -> (pixel: SIMD8<UInt32>, share: Eight) {
        // Half a pixel less, for the middle, and another half, to round downwards.
        let sum = clamped(position - 1, to: Float(side - 2)) + rounder
        let share = clamped(position - 0.5 - (sum - rounder), to: 1)
        return (unsafe unsafeBitCast(sum, to: SIMD8<UInt32>.self) & 0x7F_FFFF, share)
    }

    /// In 0...`limit`; zero for what is not a number.
    @inline(__always) private static func clamped(_ values: Eight, to limit: Float) -> Eight {
        let positive = values.replacing(with: 0, where: .!(values .> 0))
        return positive.replacing(with: limit, where: positive .> limit)
    }

    /// Of whole numbers below 2^23.
    @inline(__always) private static func float(_ values: SIMD8<UInt32>) -> Eight {
        unsafe unsafeBitCast(values | 0x4B00_0000, to: Eight.self) - rounder
    }
}
