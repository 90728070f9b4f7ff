/// How hard the eight masked candidates are to read (ISO/IEC 18004 §7.8.3, Table 11): less is better.
///
/// The complete symbol counts, format and version information included. The pattern 1:1:3:1:1 counts once where four light modules
/// stand before it or after it, and outside the symbol is light: zeros that shifts bring in are that outside. Columns are words, so
/// a line of modules is examined by shifts within a column, and across columns by looking at the same bit of the next ones.
enum Penalty {
    /// Light columns on both sides, as far as the four modules beside a pattern reach.
    private static let before = 4
    private static let after = 10

    /// The scores of `columns` under each mask.
    static func scores(_ columns: [UInt64], _ template: Template, _ masks: [Lanes]) -> Lanes {
        // Three instances, so that the compiler knows how many words there are; the widest symbols have 61, 125 and 177 columns.
        switch template.words {
        case 1:
            var lanes = InlineArray<75, Lanes>(repeating: .zero)
            return unsafe withUnsafeMutableBytes(of: &lanes) { unsafe scores($0, columns, template, masks, words: 1) }
        case 2:
            var lanes = InlineArray<278, Lanes>(repeating: .zero)
            return unsafe withUnsafeMutableBytes(of: &lanes) { unsafe scores($0, columns, template, masks, words: 2) }
        default:
            var lanes = InlineArray<573, Lanes>(repeating: .zero)
            return unsafe withUnsafeMutableBytes(of: &lanes) { unsafe scores($0, columns, template, masks, words: 3) }
        }
    }

    @inline(__always)
    private static func scores(
        _ storage: UnsafeMutableRawBufferPointer, _ columns: [UInt64], _ template: Template, _ masks: [Lanes], words: Int
    ) -> Lanes {
        let lanes = unsafe storage.bindMemory(to: Lanes.self)
        for index in columns.indices { unsafe lanes[before * words + index] = Lanes(repeating: columns[index]) ^ masks[index] }
        return unsafe scores(UnsafeBufferPointer(lanes), template.size, words: words)
    }

    @inline(__always)
    private static func scores(_ lanes: UnsafeBufferPointer<Lanes>, _ size: Int, words: Int) -> Lanes {
        var tally = Tally()
        for word in 0..<words {
            // The last row has no row below it, and rows beyond it are no modules.
            let rows = UInt64.lowest(size - 64 * word)
            let pairs = UInt64.lowest(size - 1 - 64 * word)
            var lastAcross = Lanes.zero
            for x in 0..<size {
                let at = (x + before) * words + word
                /// The same word of a column further on.
                func column(_ step: Int, _ word: Int = 0) -> Lanes { unsafe lanes[at + step * words + word] }
                let here = column(0)
                let below = word + 1 < words ? column(0, 1) : .zero
                let above = word > 0 ? column(0, -1) : .zero
                /// The modules `step` rows further down, at the place of this one.
                func down(_ step: UInt64) -> Lanes { here &>> step | (words > 1 ? below &<< (64 - step) : .zero) }
                func up(_ step: UInt64) -> Lanes { here &<< step | (words > 1 ? above &>> (64 - step) : .zero) }

                // N1 and N2: modules like their neighbour below, and like their neighbour to the right.
                let same = ~(here ^ down(1)) & pairs
                let below5 = unsafe verticalRun(lanes, at, size, word, words, same)
                let alike = x + 1 < size ? ~(here ^ column(1)) & rows : .zero
                let alikeBelow = word + 1 < words ? ~(below ^ column(1, 1)) : .zero
                let block = same & alike & (alike &>> 1 | (words > 1 ? alikeBelow &<< 63 : .zero))
                let across =
                    x + 4 < size
                    ? alike & ~((column(1) ^ column(2)) | (column(2) ^ column(3)) | (column(3) ^ column(4))) : .zero
                tally.add(runs: below5, (across, across & ~lastAcross), blocks: block)
                lastAcross = across

                // N3: dark, light, three dark, light, dark, with four light modules on a side.
                let vertical = here & ~down(1) & down(2) & down(3) & down(4) & ~down(5) & down(6)
                let horizontal = here & ~column(1) & column(2) & column(3) & column(4) & ~column(5) & column(6)
                let darkAbove = up(1) | up(2) | up(3) | up(4)
                let darkBelow = down(7) | down(8) | down(9) | down(10)
                let darkLeft = column(-1) | column(-2) | column(-3) | column(-4)
                let darkRight = column(7) | column(8) | column(9) | column(10)
                tally.add(finders: vertical & ~(darkAbove & darkBelow), horizontal & ~(darkLeft & darkRight))
                tally.add(dark: here)
            }
        }
        return tally.score(size)
    }

    /// Five equal modules from here downwards, and which of these runs are the first of theirs: L in a row give L - 4 and one start.
    @inline(__always)
    private static func verticalRun(
        _ lanes: UnsafeBufferPointer<Lanes>, _ at: Int, _ size: Int, _ word: Int, _ words: Int, _ same: Lanes
    ) -> (bits: Lanes, starts: Lanes) {
        guard words > 1 else {
            let bits = same & same &>> 1 & same &>> 2 & same &>> 3
            return (bits, bits & ~(bits &<< 1))
        }
        /// `same` of another word of this column.
        func sames(_ other: Int) -> Lanes {
            guard (0..<words).contains(other) else { return .zero }
            let here = unsafe lanes[at + other - word]
            let below = other + 1 < words ? unsafe lanes[at + other - word + 1] : .zero
            return ~(here ^ (here &>> 1 | below &<< 63)) & UInt64.lowest(size - 1 - 64 * other)
        }
        func fives(_ same: Lanes, _ next: Lanes) -> Lanes {
            same & (same &>> 1 | next &<< 63) & (same &>> 2 | next &<< 62) & (same &>> 3 | next &<< 61)
        }
        let bits = fives(same, sames(word + 1))
        let previous = word > 0 ? fives(sames(word - 1), same) : .zero
        return (bits, bits & ~(bits &<< 1 | previous &>> 63))
    }
}

/// Counts of features, lane by lane, as four 16-bit numbers in each: no symbol has more than 65,535 of anything.
private struct Tally {
    private var plain = Lanes.zero
    private var finders = Lanes.zero
    private var dark = Lanes.zero

    /// N1 is 3 for five modules in a line and 1 for each further: 1 for each bit of a run, and 2 for its start. N2 is 3 a block.
    @inline(__always)
    mutating func add(runs: (bits: Lanes, starts: Lanes), _ across: (bits: Lanes, starts: Lanes), blocks: Lanes) {
        let starts = runs.starts.bitsInBytes &+ across.starts.bitsInBytes
        let blocks = blocks.bitsInBytes
        plain &+= (runs.bits.bitsInBytes &+ across.bits.bitsInBytes &+ starts &+ starts &+ blocks &+ blocks &+ blocks).bytePairs
    }

    @inline(__always) mutating func add(finders vertical: Lanes, _ horizontal: Lanes) {
        finders &+= (vertical.bitsInBytes &+ horizontal.bitsInBytes).bytePairs
    }

    @inline(__always) mutating func add(dark modules: Lanes) { dark &+= modules.bitsInBytes.bytePairs }

    /// N3 is 40 a pattern, N4 is 10 for each full 5 % by which the share of dark modules is away from one half.
    func score(_ size: Int) -> Lanes {
        var score = plain.total &+ 40 &* finders.total
        let dark = dark.total
        let all = size * size
        for lane in score.indices { score[lane] += UInt64(10 * (abs(20 * Int(dark[lane]) - 10 * all) / all)) }
        return score
    }
}

extension UInt64 {
    /// Ones in the `count` lowest places; none for a negative count, all for 64 and more.
    static func lowest(_ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 64 ? .max : 1 << UInt64(count) - 1 }
}

extension Lanes {
    /// How many ones each byte has; SIMD vectors have no `nonzeroBitCount`.
    @inline(__always) fileprivate var bitsInBytes: Lanes {
        var counts = self &- (self &>> 1) & 0x5555_5555_5555_5555
        counts = counts & 0x3333_3333_3333_3333 &+ (counts &>> 2) & 0x3333_3333_3333_3333
        return (counts &+ counts &>> 4) & 0x0F0F_0F0F_0F0F_0F0F
    }

    /// Bytes added up in pairs, so that many of these can be added without a carry from one number into the next.
    @inline(__always) fileprivate var bytePairs: Lanes {
        self & 0x00FF_00FF_00FF_00FF &+ (self &>> 8) & 0x00FF_00FF_00FF_00FF
    }

    /// The sum of the four 16-bit numbers.
    fileprivate var total: Lanes {
        let halves = self & 0x0000_FFFF_0000_FFFF &+ (self &>> 16) & 0x0000_FFFF_0000_FFFF
        return halves & 0xFFFF_FFFF &+ halves &>> 32
    }
}
