public import VideoCapture

/// What a person needs to set a camera up: how sharp, how light, how large the code is, how fast frames come.
public struct MeterReading: Sendable {
    /// Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000): greater is sharper, for the same scene.
    public let focus: Double
    /// The greatest since the start.
    public let bestFocus: Double
    /// Mean luma, 0 to 1, and the shares of pixels that are all black or all white.
    public let light: Double
    public let black: Double
    public let white: Double
    /// Of the code in view; nil when there is none.
    public let pixelsPerModule: Double?
    public let framesPerSecond: Double
    /// Codes read since the last line, and frames in which a code was seen but not read.
    public let reads: Int
    public let misses: Int
    public let counts: FrameCounts
    public let width: Int
    public let height: Int
}

/// Measures frames for ``MeterReading``.
struct SightMeter: Sendable {
    private var bestFocus = 0.0
    private var focus = 0.0
    private var light = (mean: 0.0, black: 0.0, white: 0.0)
    private var module: Double?
    private var size = (width: 0, height: 0)
    private var (frames, reads, misses) = (0, 0, 0)
    private var (begin, last): (Duration?, Duration) = (nil, .zero)

    mutating func saw(_ picture: LumaPicture, codes: Int, at uptime: Duration) {
        size = (picture.width, picture.height)
        focus = Self.focus(picture)
        bestFocus = max(bestFocus, focus)
        light = Self.light(picture.luma)
        module = Self.pixelsPerModule(picture)
        frames += 1
        reads += codes
        if codes == 0, module != nil { misses += 1 }
        if begin == nil { begin = uptime }
        last = uptime
    }

    /// What was seen since the last reading.
    mutating func reading(counts: FrameCounts) -> MeterReading {
        let time = begin.map { (last - $0) / .seconds(1) } ?? 0
        defer {
            // The last frame of this reading is the first of the next one's time.
            (frames, reads, misses) = (0, 0, 0)
            begin = last
        }
        return MeterReading(
            focus: focus, bestFocus: bestFocus, light: light.mean, black: light.black, white: light.white,
            pixelsPerModule: module,
            framesPerSecond: time > 0 ? Double(frames) / time : 0, reads: reads, misses: misses, counts: counts,
            width: size.width,
            height: size.height)
    }

    /// Variance of 4 × the pixel less its four neighbours, over every second row and column.
    static func focus(_ picture: LumaPicture) -> Double {
        let (luma, width) = (picture.luma, picture.width)
        var (count, sum, squares) = (0, 0, 0)
        for y in stride(from: 1, to: picture.height - 1, by: 2) {
            for index in stride(from: y * width + 1, to: (y + 1) * width - 1, by: 2) {
                let value =
                    4 * Int(luma[index]) - Int(luma[index - 1]) - Int(luma[index + 1]) - Int(luma[index - width])
                    - Int(luma[index + width])
                count += 1
                sum += value
                squares += value * value
            }
        }
        guard count > 0 else { return 0 }
        let mean = Double(sum) / Double(count)
        return Double(squares) / Double(count) - mean * mean
    }

    static func light(_ luma: [UInt8]) -> (mean: Double, black: Double, white: Double) {
        guard !luma.isEmpty else { return (0, 0, 0) }
        var (sum, black, white) = (0, 0, 0)
        for value in luma {
            sum += Int(value)
            if value <= 2 { black += 1 }
            if value >= 253 { white += 1 }
        }
        let count = Double(luma.count)
        return (Double(sum) / count / 255, Double(black) / count, Double(white) / count)
    }

    /// The median width of the modules of all finder patterns that rows cut: dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1
    /// (ISO/IEC 18004 §6.3.3.1). Nil when fewer than six rows do, which texture alone seldom makes.
    static func pixelsPerModule(_ picture: LumaPicture) -> Double? {
        var found: [Double] = []
        for y in 0..<picture.height {
            let row = picture.luma[y * picture.width..<(y + 1) * picture.width]
            guard let least = row.min(), let most = row.max(), most - least > 32 else { continue }
            let threshold = least + (most - least) / 2
            var (runs, length, isDark) = ([Int](repeating: 0, count: 5), 0, false)
            for value in row {
                if (value < threshold) == isDark {
                    length += 1
                    continue
                }
                runs.removeFirst()
                runs.append(length)
                let module = Double(runs.reduce(0, +)) / 7
                if isDark, module >= 1, zip(runs, [1.0, 1, 3, 1, 1]).allSatisfy({ abs(Double($0) - module * $1) <= module / 2 }) {
                    found.append(module)
                }
                (length, isDark) = (1, !isDark)
            }
        }
        return found.count < 6 ? nil : found.sorted()[found.count / 2]
    }
}
