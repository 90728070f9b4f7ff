/// Finds what the modules of a symbol were before it moved: those that, smeared, come nearest to what is there, by least squares.
struct SmearedModules {
    let size: Int
    /// For each module, how dark the pixels are that it reached, by its share in each.
    let seen: [Float]
    /// Pairs of modules that reached some pixels in common: how far the other is, and for each module how much they have in common.
    let taps: [Tap]
    /// 1 for a module that is known, and what it is.
    let isKnown, known: [Float]
    /// The overlaps with each tap's modules in turn, of each eight modules of a row.
    let eights: [Eight]
    let stride: Int
    let reach: (x: Int, y: Int)
    /// That the symbol went, in modules.
    let way: Point

    struct Tap {
        let x, y: Int
        let overlaps: [Float]
    }

    init(_ symbol: SmearedSymbol, _ match: SmearedSymbol.Match) {
        let (size, kernel) = (symbol.model.size, symbol.pixelKernel)
        let windows = SmearWindows(symbol, kernel)
        (self.size, way) = (size, symbol.way)
        seen =
            (0..<size * size).map { index in
                let (luma, shares) = windows.sum(index, of: symbol.plane)
                return (match.light * shares - luma) / match.contrast
            } + [Float](repeating: 0, count: 8)
        let reach = (x: min(kernel.reach.x, size - 1), y: min(kernel.reach.y, size - 1))
        var taps: [Tap] = []
        for y in 0...reach.y {
            for x in (y == 0 ? 0 : -reach.x)...reach.x {
                var (there, back) = ([Float](repeating: 0, count: size * size + 8), [Float](repeating: 0, count: size * size + 8))
                var greatest: Float = 0
                for row in 0..<size - y {
                    for column in max(0, -x)..<min(size, size - x) {
                        let (one, other) = (row * size + column, (row + y) * size + column + x)
                        let overlap = windows.overlap(one, other)
                        (there[one], back[other]) = (overlap, overlap)
                        greatest = max(greatest, overlap)
                    }
                }
                guard greatest > 1e-4 else { continue }
                taps.append(Tap(x: x, y: y, overlaps: there))
                if x != 0 || y != 0 { taps.append(Tap(x: -x, y: -y, overlaps: back)) }
            }
        }
        (self.taps, self.reach) = (taps, reach)
        stride = size + 2 * reach.x + 8
        var eights: [Eight] = []
        eights.reserveCapacity(size * (size + 7) / 8 * taps.count)
        for y in 0..<size {
            for x in Swift.stride(from: 0, to: size, by: 8) {
                for tap in taps {
                    var eight = Eight.zero
                    for lane in 0..<min(8, size - x) { eight[lane] = tap.overlaps[y * size + x + lane] }
                    eights.append(eight)
                }
            }
        }
        self.eights = eights
        var (isKnown, known) = ([Float](repeating: 0, count: size * size + 8), [Float](repeating: 0, count: size * size + 8))
        for module in symbol.model.modules {
            let place = Int(module.position.y) * size + Int(module.position.x)
            (isKnown[place], known[place]) = (1, module.sign < 0 ? 1 : 0)
        }
        (self.isKnown, self.known) = (isKnown, known)
    }
}
