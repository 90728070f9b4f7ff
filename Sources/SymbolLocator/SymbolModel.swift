import QRCode
import Synchronization

/// The modules of a version that are known beforehand, as what a fit is measured by.
final class SymbolModel: Sendable {
    struct Module: Sendable {
        /// The middle, in modules from the symbol's top left corner.
        let position: Point
        /// 1 for light, -1 for dark.
        let sign: Float
    }

    /// Eight modules: their middles, in symbols, and their signs.
    struct Probe: Sendable {
        private(set) var u = Eight.zero
        private(set) var v = Eight.zero
        private(set) var sign = Eight.zero

        init(_ modules: ArraySlice<Module>, size: Int) {
            for (lane, module) in modules.enumerated() {
                (u[lane], v[lane]) = (module.position.x / Float(size), module.position.y / Float(size))
                sign[lane] = module.sign
            }
        }
    }

    let version: Int
    let size: Int
    let patterns: FunctionPatterns
    /// All of them.
    let modules: [Module]
    /// Those that are not a finder pattern's.
    let others: [Module]
    /// Those that a fit is measured by: half of the finder patterns' with their separators first, then of the others as many as make
    /// some 300.
    let probes: [Probe]
    /// How many of the probes are the finder patterns'.
    static let finderProbes = 3 * 4

    private static let cache = Mutex<[SymbolModel?]>(Array(repeating: nil, count: 41))

    /// Nil for a version that does not exist.
    static func of(version number: Int) -> SymbolModel? {
        guard let version = try? Version(number) else { return nil }
        return cache.withLock { cache in
            if let model = cache[number] { return model }
            let model = SymbolModel(number, version)
            cache[number] = model
            return model
        }
    }

    private init(_ number: Int, _ version: Version) {
        let patterns = FunctionPatterns(version)
        let size = version.size
        self.version = number
        self.size = size
        self.patterns = patterns
        func isFinder(_ x: Int, _ y: Int) -> Bool { x < 8 && y < 8 || x < 8 && y >= size - 8 || x >= size - 8 && y < 8 }
        var (all, finders, others): ([Module], [Module], [Module]) = ([], [], [])
        for y in 0..<size {
            for x in 0..<size {
                guard let isDark = patterns[x, y] else { continue }
                let position = Point(Float(x) + 0.5, Float(y) + 0.5)
                let module = Module(position: position, sign: isDark ? -1 : 1)
                if !isFinder(x, y) { others.append(module) } else if (x + y).isMultiple(of: 2) { finders.append(module) }
                all.append(module)
            }
        }
        (modules, self.others) = (all, others)
        // Every fourth or so, but not in step with the 25 modules of an alignment pattern.
        let step = [1, 2, 3, 4, 6, 7].first { others.count / $0 <= 200 } ?? 7
        let chosen = finders + stride(from: 0, to: others.count, by: step).map { others[$0] }
        // A probe is whole: up to seven of the others are left out.
        probes = (0..<chosen.count / 8).map { Probe(chosen[$0 * 8..<$0 * 8 + 8], size: size) }
    }

    /// The alignment pattern that is farthest from the three finder patterns; version 1 has none.
    var lastAlignment: Point? {
        patterns.alignmentCentres.last.map { Point(Float($0) + 0.5, Float($0) + 0.5) }
    }
}
