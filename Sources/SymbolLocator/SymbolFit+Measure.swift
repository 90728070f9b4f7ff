extension SymbolFit {
    /// The correlation of the known modules with what is there.
    func correlation(_ map: SymbolMap) -> Float { correlation(map, model.probes[...]) }

    func correlation(_ map: SymbolMap, _ probes: ArraySlice<SymbolModel.Probe>) -> Float {
        var (sum, squares, signed, signs): (Eight, Eight, Eight, Eight) = (.zero, .zero, .zero, .zero)
        for probe in probes {
            let place = map(probe.u, probe.v)
            let luma = plane.samples(place.x, place.y)
            sum += luma
            squares += luma * luma
            signed += luma * probe.sign
            signs += probe.sign
        }
        return Self.correlation(sum.sum(), squares.sum(), signed.sum(), signs.sum(), count: Float(probes.count * 8), isDark)
    }

    /// Pearson's, from the sums of lumas, of their squares, of their products with what is expected, ±1 or 0 and 1, and of that.
    static func correlation(
        _ sum: Float, _ squares: Float, _ signed: Float, _ signs: Float, signSquares: Float? = nil, count: Float, _ isDark: Bool
    ) -> Float {
        let deviation = (max(0, squares - sum * sum / count) * ((signSquares ?? count) - signs * signs / count)).squareRoot()
        return deviation > 1 ? (signed - sum * signs / count) / deviation * (isDark ? 1 : -1) : 0
    }

    /// The variance of the luma in the middles of all modules: between modules dark and light mix.
    func variance(_ map: SymbolMap) -> Float {
        // Some 30 × 30 modules tell as much as 177 × 177.
        let (step, scale, end) = (1 + model.size / 30, 1 / Float(model.size), Float(model.size))
        var spread = Spread()
        for y in stride(from: 0, to: model.size, by: step) {
            let v = Eight(repeating: (Float(y) + 0.5) * scale)
            // Each row starts elsewhere, lest every module be in the same columns.
            for x in stride(from: y / step % step, to: model.size, by: 8 * step) {
                let middles = Eight.steps * Float(step) + (Float(x) + 0.5)
                let place = map(middles * scale, v)
                spread.add(plane.samples(place.x, place.y), where: middles .< end)
            }
        }
        return spread.variance
    }
}

/// The variance of values that are added eight at a time.
struct Spread {
    private var (sum, squares, count): (Eight, Eight, Eight) = (.zero, .zero, .zero)

    @inline(__always) mutating func add(_ values: Eight, where isMeant: SIMDMask<SIMD8<Int32>>) {
        let values = values.replacing(with: 0, where: .!isMeant)
        sum += values
        squares += values * values
        count += Eight(repeating: 1).replacing(with: 0, where: .!isMeant)
    }

    var variance: Float {
        let mean = sum.sum() / count.sum()
        return squares.sum() / count.sum() - mean * mean
    }
}
