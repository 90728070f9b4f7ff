import Glibc
public import QRCode

/// What the camera sees of a badge in one view: a flat card before a pinhole camera.
public struct BadgeScene: Sendable {
    private let symbol: Symbol
    private let view: BadgeView
    private let camera: CameraModel

    /// Grey levels in full light.
    private static let (white, black, ground) = (235.0, 20.0, 130.0)
    /// The camera's focal length in picture widths: a usual webcam sees some 45 degrees.
    private static let focalLength = 1.2
    /// Where in its area, in pixels, and when in its exposure each sample of a pixel is taken.
    private static let samples = [(-0.25, -0.25, 0.0), (0.25, -0.25, 0.25), (-0.25, 0.25, 0.5), (0.25, 0.25, 0.75)]

    public init(symbol: Symbol, view: BadgeView, camera: CameraModel) {
        self.symbol = symbol
        self.view = view
        self.camera = camera
    }

    /// True when nothing but the noise changes from one frame to the next.
    public func isStill(at time: Double) -> Bool { view.sway == 0 && time >= view.approach }

    /// True when all of the symbol is in the picture, `time` seconds after the badge began to move.
    public func isWhole(at time: Double) -> Bool {
        let card = Card(view, camera, at: time, focalLength: Self.focalLength)
        let edge = 0.5 * Double(symbol.size) / Double(symbol.size + 2 * Symbol.quietZone)
        return [(-edge, -edge), (edge, -edge), (-edge, edge), (edge, edge)].allSatisfy { corner in
            guard let (column, row) = card.pixel(of: corner) else { return false }
            return (0...Double(camera.width)).contains(column) && (0...Double(camera.height)).contains(row)
        }
    }

    /// The frame without its noise.
    public func frame(at time: Double) -> GreyRaster {
        let cards = Self.samples.map { _, _, share in
            Card(view, camera, at: time + share * view.exposure / 1000, focalLength: Self.focalLength)
        }
        let modules = Double(symbol.size + 2 * Symbol.quietZone)
        var luma = [Double](repeating: 0, count: camera.width * camera.height)
        for row in 0..<camera.height {
            for column in 0..<camera.width {
                var sum = 0.0
                for (card, sample) in zip(cards, Self.samples) {
                    let point = card.point(at: (Double(column) + 0.5 + sample.0, Double(row) + 0.5 + sample.1))
                    sum += grey(at: point, modules)
                }
                let light = view.light * (1 - view.shade * Double(column) / Double(camera.width))
                luma[row * camera.width + column] = sum / Double(Self.samples.count) * light
            }
        }
        if view.blur > 0 { luma = GaussianBlur(deviation: view.blur).blurred(luma, width: camera.width) }
        return GreyRaster(width: camera.width, height: camera.height, pixels: luma.map { UInt8(min(255, $0.rounded())) })
    }

    /// The same picture with nobody there.
    public static func empty(_ camera: CameraModel) -> GreyRaster {
        GreyRaster(
            width: camera.width, height: camera.height,
            pixels: Array(repeating: UInt8(ground), count: camera.width * camera.height))
    }

    /// `point` is in sides of the card from its middle.
    private func grey(at point: (x: Double, y: Double), _ modules: Double) -> Double {
        guard abs(point.x) < 0.5, abs(point.y) < 0.5 else { return Self.ground }
        let column = Int((point.x + 0.5) * modules) - Symbol.quietZone
        let row = Int((point.y + 0.5) * modules) - Symbol.quietZone
        guard (0..<symbol.size).contains(column), (0..<symbol.size).contains(row) else { return Self.white }
        return symbol[column, row] ? Self.black : Self.white
    }
}
