import Glibc
public import QRCode

/// A camera's noise: normally distributed, another one in each frame, the same in each run.
public struct CameraNoise: Sendable {
    private let deviation: Double
    private var state: UInt64 = 1
    /// Drawn once; each frame takes another stretch of it.
    private var values: [Int] = []

    /// `deviation` is in grey levels.
    public init(deviation: Double) {
        self.deviation = deviation
        guard deviation > 0 else { return }
        values = (0..<1 << 16).map { _ in Int((deviation * normal()).rounded()) }
    }

    public mutating func added(to frame: GreyRaster) -> GreyRaster {
        guard deviation > 0 else { return frame }
        var position = Int(truncatingIfNeeded: random()) & 0xFFFF
        let pixels = frame.pixels.map { pixel in
            position = (position + 1) & 0xFFFF
            return UInt8(min(max(Int(pixel) + values[position], 0), 255))
        }
        return GreyRaster(width: frame.width, height: frame.height, pixels: pixels)
    }

    /// Box and Muller's.
    private mutating func normal() -> Double {
        let (first, second) = (uniform(), uniform())
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }

    /// Over 0, up to 1.
    private mutating func uniform() -> Double { Double((random() >> 11) + 1) / Double(1 << 53) }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
