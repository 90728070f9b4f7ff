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

    /// The nearest whole numbers, as such and in bits, of what is from -1/2 to below 2^22.
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
        let (column, across) = Self.pixel(x, side: width)
        let (row, below) = Self.pixel(y, side: height)
        let first = row &* UInt32(truncatingIfNeeded: width) &+ column
        let (upper, lower) = unsafe pixels.withUnsafeBytes { unsafe Self.pairs($0, at: first, width) }
        let above = Self.mixed(upper, across)
        return above + (Self.mixed(lower, across) - above) * below
    }

    // The steps of ``samples(_:_:)``, each in a function that is not inlined: of one long expression, the compiler takes the vectors apart
    // and works lane by lane, twice as long.

    /// The pixel whose middle and the next one's a position lies between, and the share of the way.
    @inline(never) private static func pixel(_ position: Eight, side: Int) -> (index: SIMD8<UInt32>, share: Eight) {
        // Half a pixel less, for the middle, and another half, to round downwards. Outside, the nearest edge; at the last one, the pixel
        // before it.
        let inside = position.clamped(from: 0.5, to: (Float(side) - 0.5).nextDown)
        let pixel = (inside - 1).rounded
        return (pixel.bits, inside - 0.5 - pixel.value)
    }

    /// Pairs of pixels that begin at eight places and a row below each, the first of a pair in the lower byte.
    @inline(never) private static func pairs(
        _ pixels: UnsafeRawBufferPointer, at places: SIMD8<UInt32>, _ width: Int
    ) -> (upper: SIMD8<UInt32>, lower: SIMD8<UInt32>) {
        @inline(__always) func pair(_ lane: Int, _ beyond: Int) -> UInt32 {
            // There is room for one pixel to the right and one below.
            let pair = unsafe pixels.loadUnaligned(fromByteOffset: Int(places[lane]) &+ beyond, as: UInt16.self)
            return UInt32(UInt16(littleEndian: pair))
        }
        @inline(__always) func eight(_ beyond: Int) -> SIMD8<UInt32> {
            SIMD8(
                pair(0, beyond), pair(1, beyond), pair(2, beyond), pair(3, beyond), pair(4, beyond), pair(5, beyond),
                pair(6, beyond), pair(7, beyond))
        }
        return (eight(0), eight(width))
    }

    /// Between the two pixels of each pair.
    @inline(never) private static func mixed(_ pairs: SIMD8<UInt32>, _ share: Eight) -> Eight {
        let left = float(pairs & 255)
        return left + (float(pairs &>> 8) - left) * share
    }

    /// Of whole numbers below 2^23.
    @inline(__always) private static func float(_ values: SIMD8<UInt32>) -> Eight {
        unsafe unsafeBitCast(values | 0x4B00_0000, to: Eight.self) - 0x1p23
    }
}
