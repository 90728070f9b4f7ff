/// The shortest bit string of a text over all ways to switch between modes, by dynamic programming.
///
/// Costs are kept in sixths of a bit, so that a digit (10/3 bits) and an alphanumeric character (11/2) are whole numbers.
struct Segmentation {
    /// What a mode can take in one step: a byte, or a character of several bytes.
    private struct Atom {
        let bytes: ArraySlice<UInt8>
        let kanji: Unicode.Scalar?

        /// In sixths of a bit; nil when the mode cannot hold the atom.
        func cost(_ mode: Segment.Mode) -> Int? {
            let single = bytes.count == 1 ? bytes.first : nil
            return switch mode {
            case .byte: 48 * bytes.count
            case .numeric: single.map { (48...57).contains($0) } == true ? 20 : nil
            case .alphanumeric: single.flatMap(Alphanumeric.value) == nil ? nil : 33
            case .kanji: kanji == nil ? nil : 78
            case .eci: nil
            }
        }
    }

    private static let modes: [Segment.Mode] = [.byte, .numeric, .alphanumeric, .kanji]
    private let atoms: [Atom]

    /// Text: characters of JIS X 0208 may go in kanji mode, all others as UTF-8.
    init(_ text: String) {
        atoms = text.unicodeScalars.map { scalar in
            Atom(bytes: Array(String(scalar).utf8)[...], kanji: Kanji.value(scalar) == nil ? nil : scalar)
        }
    }

    /// Bytes: never in kanji mode, from which readers return other bytes.
    init(_ bytes: [UInt8]) {
        atoms = bytes.indices.map { Atom(bytes: bytes[$0...$0], kanji: nil) }
    }

    /// The segments for a version; they are the same for all versions that share the widths of the character count.
    func segments(_ version: Version) -> [Segment] { segments { 4 + $0.countBits(version) } }

    /// `head` gives the bits of a segment's header; nil for a mode that is not to be had. What no mode can take stays in byte mode.
    func segments(head: (Segment.Mode) -> Int?) -> [Segment] {
        guard !atoms.isEmpty else { return [] }
        let heads = Self.modes.map { mode in head(mode).map { 6 * $0 } }
        var costs: [Int?] = heads
        // For each atom and the mode in which the text stands after it: the mode that took the atom.
        var takers: [[Int]] = []
        for atom in atoms {
            let taken = Self.modes.indices.map { mode in
                costs[mode].flatMap { before in atom.cost(Self.modes[mode]).map { before + $0 } }
            }
            costs = taken
            var taker = Array(Self.modes.indices)
            for next in Self.modes.indices {
                for from in Self.modes.indices {
                    // A segment ends on a whole bit.
                    guard from != next, let head = heads[next], let before = taken[from] else { continue }
                    let cost = (before + 5) / 6 * 6 + head
                    if costs[next].map({ cost < $0 }) ?? true { (costs[next], taker[next]) = (cost, from) }
                }
            }
            takers.append(taker)
        }
        guard costs.contains(where: { $0 != nil }) else { return [.byte(atoms.flatMap(\.bytes))] }
        var mode = Self.modes.indices.min { (costs[$0] ?? .max) < (costs[$1] ?? .max) } ?? 0
        let path = takers.reversed().map { taker in
            mode = taker[mode]
            return mode
        }
        return joined(Array(path.reversed()))
    }

    private func joined(_ path: [Int]) -> [Segment] {
        var segments: [Segment] = []
        var start = 0
        while start < path.count {
            let end = path[start...].firstIndex { $0 != path[start] } ?? path.count
            segments.append(segment(Self.modes[path[start]], atoms[start..<end]))
            start = end
        }
        return segments
    }

    /// The cost has admitted each atom to the mode, so nothing is left to throw.
    private func segment(_ mode: Segment.Mode, _ atoms: ArraySlice<Atom>) -> Segment {
        let bytes = atoms.flatMap(\.bytes)
        let segment: Segment? =
            switch mode {
            case .numeric: try? .numeric(bytes)
            case .alphanumeric: try? .alphanumeric(bytes)
            case .kanji: try? .kanji(String(String.UnicodeScalarView(atoms.compactMap(\.kanji))))
            case .byte, .eci: nil
            }
        return segment ?? .byte(bytes)
    }
}
