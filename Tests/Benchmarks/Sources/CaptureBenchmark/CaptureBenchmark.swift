import CZBarPeer
import Foundation
import VideoCapture

/// `CaptureBenchmark`: our luma and zbarcam's of the same 1280 × 720 frames, in turns, with the ratio of their times.
///
/// `CaptureBenchmark ours|zbar YUYV|MJPG COUNT`: one of them alone, for counting its instructions.
@main enum CaptureBenchmark {
    static let (width, height) = (1280, 720)

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../ScannerTests/Fixtures/badge.jpg")
        let picture = try LumaPicture(reading: Data(contentsOf: fixture))
        // The picture's middle, with a sensor's noise, which a JPEG decoder has to work for.
        var noise: UInt32 = 1
        let luma = (0..<width * height).map { index -> UInt8 in
            noise = noise &* 1_664_525 &+ 1_013_904_223
            let x = index % width + (picture.width - width) / 2
            let y = index / width + (picture.height - height) / 2
            return UInt8(clamping: Int(picture.luma[y * picture.width + x]) + Int(noise >> 29) - 4)
        }
        let frames: [String: [UInt8]] = ["YUYV": luma.flatMap { [$0, 128] as [UInt8] }, "MJPG": jpeg(luma)]

        if arguments.count == 3, let format = PixelFormat(name: arguments[2]), let frame = frames[format.name],
            let count = Int(arguments[3])
        {
            var buffer = LumaBuffer()
            for _ in 0..<count { arguments[1] == "ours" ? ours(&buffer, frame, format) : peer(frame, format) }
            return
        }
        print("format      ours        zbar     zbar / ours   (µs a frame of 1280 × 720, medians of 21 rounds of 10)")
        for format in [PixelFormat.yuyv, .mjpeg] {
            let frame = frames[format.name] ?? []
            var (our, their): ([Double], [Double]) = ([], [])
            var buffer = LumaBuffer()
            for _ in 0..<21 {
                our.append(time { for _ in 0..<10 { ours(&buffer, frame, format) } } / 10)
                their.append(time { for _ in 0..<10 { peer(frame, format) } } / 10)
            }
            let (a, b) = (our.sorted()[10], their.sorted()[10])
            print(String(format: "%@ %11.1f %11.1f %11.2f×", format.name, a, b, b / a))
        }
    }

    static func ours(_ buffer: inout LumaBuffer, _ frame: [UInt8], _ format: PixelFormat) {
        let picture = try? buffer.picture(
            of: frame.span.bytes, format: format, width: width, height: height, stride: format == .yuyv ? 2 * width : 0)
        precondition(picture?.luma.count == width * height)
    }

    static func peer(_ frame: [UInt8], _ format: PixelFormat) {
        let sum = frame.withUnsafeBytes { peer_luma($0.baseAddress, $0.count, format.name, UInt32(width), UInt32(height)) }
        precondition(sum > 0)
    }

    static func jpeg(_ luma: [UInt8]) -> [UInt8] {
        var made: UnsafeMutablePointer<UInt8>?
        let length = peer_jpeg(luma, Int32(width), Int32(height), &made)
        defer { free(made) }
        return Array(UnsafeBufferPointer(start: made, count: length))
    }

    /// Microseconds.
    static func time(_ body: () -> Void) -> Double {
        let start = ContinuousClock.now
        body()
        return (ContinuousClock.now - start) / .microseconds(1)
    }
}
