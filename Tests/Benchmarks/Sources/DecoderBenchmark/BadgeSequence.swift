import Foundation
import QRCode
import ScannerRuntime
import VideoCapture

/// A badge that enters the view of a 720p camera at 30 frames a second and is held with a hand's tremor.
struct BadgeSequence {
    enum Entrance: String, Encodable {
        /// Turned to the camera between two frames.
        case turns
        /// Pushed in from the side, slowing down: in its first frames it is blurred by 19, 12, 8 and 6 pixels of motion.
        case slides
    }

    let entrance: Entrance
    let pixelsPerModule: Double
    let number: Int

    static let all = [Entrance.turns, .slides].flatMap { entrance in
        [1.25, 1.5, 1.75, 2, 2.5, 3].flatMap { scale in
            (0..<20).map { BadgeSequence(entrance: entrance, pixelsPerModule: scale, number: $0) }
        }
    }

    struct Line: Encodable {
        let entrance: Entrance
        let pixelsPerModule: Double
        /// The frame, with the badge held, that other decoders are given.
        let still: String
        let text: String
        /// Frames from the first that shows the whole symbol to the end of the one that gave the payload, decoding time included; nil
        /// when it was not read in two seconds.
        let frames: Int?
        /// The same, from the first of them in which the badge moves by no more than a module while the shutter is open.
        let clearFrames: Int?
        /// Processor milliseconds of each frame.
        let milliseconds: [Double]
    }

    private static let (width, height) = (1280, 720)
    private static let frameMilliseconds = 1000.0 / 30
    /// The share of a frame's time in which the shutter is open: 1/240 s.
    private static let shutter = 1.0 / 8
    /// Frames of a sequence, the first ones empty.
    private static let (length, entry) = (75, 6)

    func run(stillsIn directory: String) throws -> Line {
        var random = Random(state: UInt64(number) * 7919 + 1)
        let text =
            "ms-qrpin:v1|user\(number)@example.test|"
            + (0..<40 + number * 3).map { _ in
                String(UnicodeScalar(UInt8(97 + Int.random(in: 0..<26, using: &random))))
            }.joined()
        let symbol = try Symbol(encoding: Array(text.utf8))
        var ladder = FrameLadder()
        var (milliseconds, visible, clear, payloadAt): ([Double], Int?, Int?, Double?) = ([], nil, nil, nil)
        // When the decoder is free again, in frames: frames that come before are not seen, as the newest wins.
        var free = 0.0
        let still = directory + "/\(entrance)-\(pixelsPerModule)-\(number).pgm"
        for index in 0..<Self.length {
            let place = place(at: index, side: Double(symbol.size + 8) * pixelsPerModule, &random)
            if visible == nil, place.isWhole { visible = index }
            if clear == nil, place.isWhole, place.speed * Self.shutter <= pixelsPerModule { clear = index }
            guard payloadAt == nil, Double(index) >= free else { continue }
            let frame = try LumaPicture(reading: Data(picture(symbol, place, &random)))
            let start = DecoderBenchmark.processorMilliseconds()
            let payloads = ladder.read(frame)
            milliseconds.append(DecoderBenchmark.processorMilliseconds() - start)
            free = Double(index) + milliseconds[milliseconds.count - 1] / Self.frameMilliseconds
            if payloads.contains(Array(text.utf8)) { payloadAt = free }
        }
        let held = place(at: Self.length, side: Double(symbol.size + 8) * pixelsPerModule, &random)
        try Data(picture(symbol, held, &random)).write(to: URL(filePath: still))
        // The frame that shows it whole counts as the first.
        func frames(since first: Int?) -> Int? {
            payloadAt.flatMap { at in first.map { max(1, Int((at - Double($0)).rounded(.up))) } }
        }
        return Line(
            entrance: entrance, pixelsPerModule: pixelsPerModule, still: still, text: text, frames: frames(since: visible),
            clearFrames: frames(since: clear), milliseconds: milliseconds)
    }

    private struct Place {
        let x, y, speed: Double
        let isWhole: Bool
    }

    private func place(at index: Int, side: Double, _ random: inout Random) -> Place {
        let tremor = Double.random(in: -1...1, using: &random)
        let target = Double(Self.width) / 2 - side / 2 + Double(number * 7 % 50)
        let y = Double(Self.height) / 2 - side / 2 + tremor
        guard index >= Self.entry else { return Place(x: Double(Self.width), y: y, speed: 0, isWhole: false) }
        // Each frame covers a third of what is left.
        let left = entrance == .turns ? 0 : (Double(Self.width) - target) * pow(2.0 / 3, Double(index - Self.entry))
        let x = target + left + tremor
        return Place(x: x, y: y, speed: left / 3, isWhole: x + side <= Double(Self.width))
    }

    /// A PGM file: a lit background, the badge's card around the symbol, motion blur for 1/240 s, a lens's blur and noise.
    private func picture(_ symbol: Symbol, _ place: Place, _ random: inout Random) -> [UInt8] {
        let (width, height) = (Self.width, Self.height)
        var light = (0..<width * height).map { 90 + Float(40 * ($0 % width) / width) }
        let (left, top) = (Int(place.x) - 40, Int(place.y) - 30)
        let side = Int(Double(symbol.size + 8) * pixelsPerModule) + 2
        let (columns, rows) = (side + 80, side + 60)
        let raster = symbol.greyRaster(
            width: columns, height: rows, pixelsPerModule: pixelsPerModule, x: place.x - Double(left), y: place.y - Double(top))
        let weights = Self.blur(moving: place.speed * Self.shutter)
        let reach = weights.count / 2
        for y in 0..<rows where (0..<height).contains(top + y) {
            let near = [max(0, y - 1), y, y, min(rows - 1, y + 1)]
            for x in 0..<columns where (0..<width).contains(left + x) {
                var (sum, weight): (Float, Float) = (0, 0)
                for column in max(0, x - reach)...min(columns - 1, x + reach) {
                    let share = weights[column - x + reach]
                    for row in near { sum += share * Float(raster.pixels[row * columns + column]) }
                    weight += share * Float(near.count)
                }
                light[(top + y) * width + left + x] = 35 + 155 * sum / (weight * 255)
            }
        }
        // The noise is made once, and starts elsewhere in each frame.
        let start = Int.random(in: 0..<Self.noise.count, using: &random)
        let pixels = light.indices.map { UInt8(min(255, max(0, light[$0] + Self.noise[(start + $0) % Self.noise.count]))) }
        return Array("P5 \(width) \(height) 255\n".utf8) + pixels
    }

    /// The weights of a row's pixels around one: a lens's blur of 1 : 2 : 1, moved over so many pixels.
    private static func blur(moving pixels: Double) -> [Float] {
        let reach = 1 + Int((pixels / 2).rounded(.up))
        /// The time for which a point is over the pixel that is so far away.
        func time(_ apart: Int) -> Double {
            guard pixels > 0 else { return apart == 0 ? 1 : 0 }
            return max(0, min(Double(apart) + 0.5, pixels / 2) - max(Double(apart) - 0.5, -pixels / 2))
        }
        return (-reach...reach).map { Float(time($0 - 1) + 2 * time($0) + time($0 + 1)) }
    }

    /// Three levels of luma strong.
    static let noise = {
        var random = Random(state: 5)
        return (0..<1_000_003).map { _ in 3 * random.noise() }
    }()

    /// The same in every run, from Knuth's linear congruential generator.
    struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }

        /// Nearly normal, with a deviation of one: four uniform numbers.
        mutating func noise() -> Float {
            let bits = next() >> 16
            let sum = Int(bits & 0xFFF) + Int(bits >> 12 & 0xFFF) + Int(bits >> 24 & 0xFFF) + Int(bits >> 36 & 0xFFF)
            return Float(sum - 8190) / 2365
        }
    }
}
