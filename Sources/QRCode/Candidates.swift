/// Places the codewords, tries the eight masks side by side and keeps the best (ISO/IEC 18004 §7.7–7.8).
enum Candidates {
    /// The columns of the symbol with the given mask, or the one with the least penalty, the lowest number on a tie.
    static func best(
        _ template: Template, _ level: ErrorCorrectionLevel, _ given: Int?, _ stream: UnsafeBufferPointer<UInt8>
    ) -> (mask: Int, columns: [UInt64]) {
        var columns = template.columns
        unsafe place(stream, template, &columns)
        let masks = template.masks[level.index]
        let mask = given ?? Penalty.scores(columns, template, masks).leastLane
        for index in columns.indices { columns[index] ^= masks[index][mask] }
        return (mask, columns)
    }

    private static func place(_ stream: UnsafeBufferPointer<UInt8>, _ template: Template, _ columns: inout [UInt64]) {
        let words = template.words
        var position = 0
        for run in template.runs {
            let right = run.column * words + run.firstRow / 64
            let shift = UInt64(run.firstRow % 64)
            let count = run.width == .both ? 2 * run.rows : run.rows
            var bits = unsafe read(stream, position, count)
            position += count
            if !run.isUpward { bits = bits.bitReversed &>> UInt64(64 - count) }
            switch run.width {
            case .right: columns[right] |= bits &<< shift
            case .left: columns[right - words] |= bits &<< shift
            case .both:
                // Right and left take turns, and the first bit is the highest or, reversed, the lowest.
                let (odd, even) = ((bits &>> 1).evenBits, bits.evenBits)
                columns[right] |= (run.isUpward ? odd : even) &<< shift
                columns[right - words] |= (run.isUpward ? even : odd) &<< shift
            }
        }
    }

    /// Up to 64 bits of the stream from a bit position, the first as the highest of `count`.
    @inline(__always) private static func read(_ stream: UnsafeBufferPointer<UInt8>, _ position: Int, _ count: Int) -> UInt64 {
        let bytes = unsafe UnsafeRawPointer(stream.baseAddress!)  // The stream is never empty.
        let word = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: position / 8, as: UInt64.self))
        let next = unsafe UInt64(stream[position / 8 + 8])
        let offset = UInt64(position % 8)
        return (word &<< offset | next &>> (8 - offset)) &>> UInt64(64 - count)
    }
}

extension UInt64 {
    /// The 32 bits at even places, side by side.
    var evenBits: UInt64 {
        var bits = self & 0x5555_5555_5555_5555
        bits = (bits | bits &>> 1) & 0x3333_3333_3333_3333
        bits = (bits | bits &>> 2) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits &>> 4) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits &>> 8) & 0x0000_FFFF_0000_FFFF
        return (bits | bits &>> 16) & 0x0000_0000_FFFF_FFFF
    }

    var bitReversed: UInt64 {
        var bits = (self &>> 1) & 0x5555_5555_5555_5555 | (self & 0x5555_5555_5555_5555) &<< 1
        bits = (bits &>> 2) & 0x3333_3333_3333_3333 | (bits & 0x3333_3333_3333_3333) &<< 2
        bits = (bits &>> 4) & 0x0F0F_0F0F_0F0F_0F0F | (bits & 0x0F0F_0F0F_0F0F_0F0F) &<< 4
        return bits.byteSwapped
    }
}

extension Lanes {
    /// The number of the lane with the least value, the lowest on a tie.
    var leastLane: Int { indices.min { self[$0] < self[$1] } ?? 0 }
}
