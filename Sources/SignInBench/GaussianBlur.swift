import Glibc

/// A blur with the weights of a normal distribution, first along rows, then along columns.
struct GaussianBlur {
    private let weights: [Double]

    /// `deviation` is in pixels, over 0.
    init(deviation: Double) {
        let radius = Int((3 * deviation).rounded(.up))
        let bell = (-radius...radius).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        weights = bell.map { $0 / bell.reduce(0, +) }
    }

    /// `luma` has rows of `width` values; the edge's values go on beyond it.
    func blurred(_ luma: [Double], width: Int) -> [Double] {
        let height = luma.count / width
        let rows = line(luma, width: width, height: height, step: (1, 0))
        return line(rows, width: width, height: height, step: (0, 1))
    }

    private func line(_ luma: [Double], width: Int, height: Int, step: (x: Int, y: Int)) -> [Double] {
        let radius = weights.count / 2
        var result = luma
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for (index, weight) in weights.enumerated() {
                    let column = min(max(x + (index - radius) * step.x, 0), width - 1)
                    let row = min(max(y + (index - radius) * step.y, 0), height - 1)
                    sum += weight * luma[row * width + column]
                }
                result[y * width + x] = sum
            }
        }
        return result
    }
}
