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
        variance(map, columns: 0..<model.size, rows: 0..<model.size, step: 1 + model.size / 30)
    }

    /// The same around a place.
    func clearness(around module: Point, reach: Float) -> Float {
        let limit = Float(model.size)
        let columns = Int(max(0, module.x - reach))..<Int(min(limit, module.x + reach))
        let rows = Int(max(0, module.y - reach))..<Int(min(limit, module.y + reach))
        return variance(map, columns: columns, rows: rows, step: 2)
    }

    private func variance(_ map: SymbolMap, columns: Range<Int>, rows: Range<Int>, step: Int) -> Float {
        let (scale, end) = (1 / Float(model.size), Float(columns.upperBound))
        var (sum, squares, count): (Eight, Eight, Eight) = (.zero, .zero, .zero)
        for y in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let v = Eight(repeating: (Float(y) + 0.5) * scale)
            // Each row starts elsewhere, lest every module be in the same columns.
            for x in stride(from: columns.lowerBound + y / step % step, to: columns.upperBound, by: 8 * step) {
                let middles = Eight.steps * Float(step) + (Float(x) + 0.5)
                let place = map(middles * scale, v)
                let isInside = middles .< end
                let luma = plane.samples(place.x, place.y).replacing(with: 0, where: .!isInside)
                sum += luma
                squares += luma * luma
                count += Eight(repeating: 1).replacing(with: 0, where: .!isInside)
            }
        }
        let mean = sum.sum() / count.sum()
        return squares.sum() / count.sum() - mean * mean
    }
}
