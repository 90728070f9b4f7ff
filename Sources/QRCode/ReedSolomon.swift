/// Reed-Solomon error correction over GF(2⁸) with the polynomial x⁸ + x⁴ + x³ + x² + 1 (ISO/IEC 18004 §7.5.2).
enum ReedSolomon {
    private static let (exponents, logarithms): ([UInt8], [Int]) = {
        var exponents = [UInt8](repeating: 0, count: 510)
        var logarithms = [Int](repeating: 0, count: 256)
        var value = 1
        for power in 0..<255 {
            exponents[power] = UInt8(value)
            exponents[power + 255] = UInt8(value)
            logarithms[value] = power
            value <<= 1
            if value > 255 { value ^= 0b1_0001_1101 }
        }
        return (exponents, logarithms)
    }()

    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 || b == 0 ? 0 : exponents[logarithms[Int(a)] + logarithms[Int(b)]]
    }

    /// The generator polynomial (x - α⁰)(x - α¹)…, highest power first and its leading 1 left out (Annex A).
    private static func generator(degree: Int) -> [UInt8] {
        var coefficients = [UInt8](repeating: 0, count: degree - 1) + [1]
        for power in 0..<degree {
            for index in 0..<degree {
                coefficients[index] = product(coefficients[index], exponents[power])
                if index + 1 < degree { coefficients[index] ^= coefficients[index + 1] }
            }
        }
        return coefficients
    }

    /// The generator's multiples by each of the 256 values, 32 bytes each: what one byte of data does to the remainder.
    typealias Divisor = [SIMD4<UInt64>]

    /// For up to 30 correction codewords, the most of Table 9.
    private static let divisors: [Divisor] = (0...30).map { degree in
        guard degree > 0 else { return [] }
        let generator = generator(degree: degree)
        return (0...255).map { factor in
            var words = SIMD4<UInt64>.zero
            for (index, coefficient) in generator.enumerated() {
                words[index / 8] |= UInt64(product(coefficient, UInt8(factor))) << UInt64(56 - 8 * (index % 8))
            }
            return words
        }
    }

    static func divisor(degree: Int) -> Divisor { divisors[degree] }

    /// The remainder of a data polynomial after division by the generator, the highest power first.
    struct Remainder {
        private var words = SIMD4<UInt64>.zero

        init() {}

        @inline(__always) mutating func take(_ byte: UInt8, _ divisor: Divisor) {
            let factor = Int(byte ^ UInt8(truncatingIfNeeded: words[0] >> 56))
            let carries = SIMD4(words[1] >> 56, words[2] >> 56, words[3] >> 56, 0)
            words = (words &<< 8 | carries) ^ divisor[factor]
        }

        subscript(index: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - 8 * (index % 8)))
        }
    }

    /// The `count` correction codewords of data.
    static func correction(for data: ArraySlice<UInt8>, count: Int) -> [UInt8] {
        var remainder = Remainder()
        for byte in data { remainder.take(byte, divisors[count]) }
        return (0..<count).map { remainder[$0] }
    }
}
