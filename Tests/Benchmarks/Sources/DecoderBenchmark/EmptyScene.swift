import Foundation
import ScannerRuntime
import VideoCapture

/// What a 1080p camera sees without a badge: someone walks by, so that no frame is left out as a still one.
enum EmptyScene: String, CaseIterable, Encodable {
    /// A lit wall.
    case wall
    /// A wall with bars of all widths and tones on it, as of shelves, clothes and print.
    case clutter

    struct Line: Encodable {
        let scene: EmptyScene
        /// Processor milliseconds of each frame.
        let milliseconds: [Double]
    }

    private static let (width, height, frames) = (1920, 1080, 40)

    func run() throws -> Line {
        var ladder = FrameLadder()
        let milliseconds = try (0..<Self.frames).map { index in
            let frame = try LumaPicture(reading: Data(picture(index)))
            let start = DecoderBenchmark.processorMilliseconds()
            let payloads = ladder.read(frame)
            precondition(payloads.isEmpty)
            return DecoderBenchmark.processorMilliseconds() - start
        }
        return Line(scene: self, milliseconds: milliseconds)
    }

    private func picture(_ index: Int) -> [UInt8] {
        var random = BadgeSequence.Random(state: 11)
        var light = (0..<Self.width * Self.height).map { 90 + Float(40 * ($0 % Self.width) / Self.width) }
        func paint(_ x: Int, _ y: Int, _ columns: Int, _ rows: Int, _ tone: Float) {
            for row in y..<y + rows { for column in x..<x + columns { light[row * Self.width + column] = tone } }
        }
        for _ in 0..<(self == .wall ? 0 : 600) {
            let (columns, rows) = (Int.random(in: 2...120, using: &random), Int.random(in: 2...40, using: &random))
            let (x, y) = (
                Int.random(in: 0..<Self.width - columns, using: &random), Int.random(in: 0..<Self.height - rows, using: &random)
            )
            paint(x, y, columns, rows, Float.random(in: 20...230, using: &random))
        }
        paint(index * 37 % (Self.width - 400), 150, 400, Self.height - 150, 50)
        let start = index * 7919
        let pixels = light.indices.map {
            UInt8(min(255, max(0, light[$0] + BadgeSequence.noise[(start + $0) % BadgeSequence.noise.count])))
        }
        return Array("P5 \(Self.width) \(Self.height) 255\n".utf8) + pixels
    }
}
