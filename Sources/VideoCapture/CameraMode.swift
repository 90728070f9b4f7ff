/// One way in which a camera can send pictures.
public struct CameraMode: Hashable, Sendable {
    public let format: PixelFormat
    public let width: Int
    public let height: Int
    /// Frames a second, at most; nil when the driver does not tell.
    public let rate: Double?

    public init(format: PixelFormat, width: Int, height: Int, rate: Double?) {
        self.format = format
        self.width = width
        self.height = height
        self.rate = rate
    }
}

/// What is wished of a camera; nil leaves the choice to us.
public struct CameraWish: Hashable, Sendable {
    public var format: PixelFormat?
    public var width: Int?
    public var height: Int?
    /// Frames a second.
    public var rate: Double?

    public init(format: PixelFormat? = nil, width: Int? = nil, height: Int? = nil, rate: Double? = nil) {
        self.format = format
        self.width = width
        self.height = height
        self.rate = rate
    }

    /// The best of what a camera offers, or nil when it offers nothing that fits.
    ///
    /// Pixels on the badge's modules are what reads from farther away, so the largest picture up to 1920 × 1080 wins of those whose
    /// rate holds: 15 frames a second up to 1280 × 720, where a person's hand is still, and 24 above, or the rate that was wished.
    /// Among equals the format that costs least wins. When no rate holds the fastest does.
    public func best(of modes: [CameraMode]) -> CameraMode? {
        let fitting = modes.filter { mode in
            (format == nil || mode.format == format) && (width == nil || mode.width == width)
                && (height == nil || mode.height == height)
        }
        let sized = width == nil ? fitting.filter { $0.width <= 1920 && $0.height <= 1080 } : fitting
        let choices = sized.isEmpty ? fitting : sized
        let holding = choices.filter { holds($0) }
        if holding.isEmpty {
            return choices.max { ($0.rate ?? 0, $0.area, -$0.cost) < ($1.rate ?? 0, $1.area, -$1.cost) }
        }
        return holding.max { ($0.area, -$0.cost, $0.rate ?? 0) < ($1.area, -$1.cost, $1.rate ?? 0) }
    }

    private func holds(_ mode: CameraMode) -> Bool {
        // A rate of 29.97 is one of 30.
        guard let offered = mode.rate.map({ $0 + 0.5 }) else { return true }
        return offered >= rate ?? (mode.area > 1280 * 720 ? 24 : 15)
    }
}

extension CameraMode {
    fileprivate var area: Int { width * height }
    /// The place in the order of costs.
    fileprivate var cost: Int { PixelFormat.allCases.firstIndex(of: format)! }  // Each case is in `allCases`.
}
