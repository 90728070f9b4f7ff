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

    let version: Int
    let size: Int
    let patterns: FunctionPatterns
    /// Finder patterns with their separators, timing patterns, alignment patterns.
    let modules: [Module]

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
        modules = (0..<size * size).compactMap { index in
            let (x, y) = (index % size, index / size)
            guard let isDark = patterns[x, y] else { return nil }
            return Module(position: Point(Float(x) + 0.5, Float(y) + 0.5), sign: isDark ? -1 : 1)
        }
    }

    /// The alignment pattern that is farthest from the three finder patterns; version 1 has none.
    var lastAlignment: Point? {
        patterns.alignmentCentres.last.map { Point(Float($0) + 0.5, Float($0) + 0.5) }
    }
}
