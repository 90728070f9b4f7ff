/// Eight positions or values: a vector register takes as long for them as for one.
typealias Eight = SIMD8<Float>

extension Eight {
    /// Not an array literal: that would make an array first.
    static var steps: Eight { Eight(0, 1, 2, 3, 4, 5, 6, 7) }

    /// In `least`...`greatest`; `least` for what is not a number.
    ///
    /// Lane by lane, the compiler makes two instructions of it; a function of the library for all lanes, it calls.
    @inline(never) func clamped(from least: Float = 0, to greatest: Float) -> Eight {
        var clamped = self
        for lane in 0..<8 {
            let some = self[lane] > least ? self[lane] : least
            clamped[lane] = some < greatest ? some : greatest
        }
        return clamped
    }

    /// The nearest whole numbers, as such and in bits, of what is above -1 and below 2^22.
    @inline(__always) var rounded: (value: Eight, bits: SIMD8<UInt32>) {
        // Around here a `Float`'s last bit counts one: added to a number below 2^22, this rounds it and shows it in its bits.
        let rounder: Float = 0x1.8p23
        let rounded = self + rounder
        return (rounded - rounder, unsafe unsafeBitCast(rounded, to: SIMD8<UInt32>.self) & 0x3F_FFFF)
    }
}

extension [Float] {
    /// Rows of so many values, of which `eight` gives that at a column and row and the seven to its right.
    @inline(__always) init(columns: Int, rows: Int, _ eight: (_ column: Int, _ row: Int) -> Eight) {
        precondition(columns >= 0 && rows >= 0)
        // What reaches over a row's end is written over by the next row, or is to spare.
        unsafe self.init(unsafeUninitializedCapacity: columns * rows + 7) { values, count in
            let bytes = UnsafeMutableRawBufferPointer(values)
            for row in 0..<rows {
                for column in stride(from: 0, to: columns, by: 8) {
                    unsafe bytes.storeBytes(of: eight(column, row), toByteOffset: 4 * (row * columns + column), as: Eight.self)
                }
            }
            count = columns * rows
        }
    }
}

extension LumaPlane {
    /// What ``sample(_:)`` gives for each of eight positions. Only for planes with sides of two pixels or more.
    @inline(__always) func samples(_ x: Eight, _ y: Eight) -> Eight {
        precondition(width > 1 && height > 1)
        // The pixel whose middle and the next one's a position lies between: half a pixel less, for the middle, and another half, to round
        // downwards. Outside, the nearest edge; at the last one, the pixel before it. This is written out for both sides: the compiler
        // inlines a function the first time alone.
        let inX = x.clamped(from: 0.5, to: (Float(width) - 0.5).nextDown)
        let inY = y.clamped(from: 0.5, to: (Float(height) - 0.5).nextDown)
        let (column, row) = ((inX - 1).rounded, (inY - 1).rounded)
        // Shares of the way.
        let (across, below) = (inX - 0.5 - column.value, inY - 0.5 - row.value)
        let first = row.bits &* UInt32(truncatingIfNeeded: width) &+ column.bits
        var (upper, lower): (SIMD8<UInt32>, SIMD8<UInt32>) = (.zero, .zero)
        unsafe pixels.withUnsafeBytes { bytes in
            // There is room for one pixel to the right and one below.
            for lane in 0..<8 {
                let first = Int(first[lane])
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

    /// Of whole numbers below 2^23.
    @inline(__always) private static func float(_ values: SIMD8<UInt32>) -> Eight {
        unsafe unsafeBitCast(values | 0x4B00_0000, to: Eight.self) - 0x1p23
    }
}
