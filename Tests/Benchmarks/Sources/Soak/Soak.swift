import CZBarPeer
import Foundation
import QRCode
import ScannerJail
import VideoCapture

@testable import ScannerRuntime

/// Frames of 320 × 240, good and bad, without end: a badge and a blank as YUYV, a JPEG, half a JPEG, a short frame.
struct SyntheticSource: FrameSource, ~Copyable {
    private var buffer = LumaBuffer()
    private let frames: [(format: PixelFormat, bytes: [UInt8])]
    private let last: Int
    private(set) var counts = FrameCounts()
    /// Called after each frame.
    private let watch: (Int) -> Void

    init(last: Int, _ watch: @escaping (Int) -> Void) throws {
        let badge = try Symbol(text: "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59")
        let scene = badge.greyRaster(pixelsPerModule: 4).centred(inWidth: 320, height: 240, ground: 200).pixels
        let jpeg = Self.jpeg(scene)
        let yuyv = scene.flatMap { [$0, 128] as [UInt8] }
        frames = [
            (.yuyv, yuyv), (.yuyv, [UInt8](repeating: 128, count: 320 * 240 * 2)), (.grey, scene),
            (.yuyv, Array(yuyv.prefix(1000))),
            (.mjpeg, jpeg), (.mjpeg, Array(jpeg.prefix(jpeg.count / 2))), (.mjpeg, Array(jpeg.prefix(200))),
        ]
        self.last = last
        self.watch = watch
    }

    private static func jpeg(_ luma: [UInt8]) -> [UInt8] {
        var made: UnsafeMutablePointer<UInt8>?
        let length = peer_jpeg(luma, 320, 240, &made)
        defer { free(made) }
        return Array(UnsafeBufferPointer(start: made, count: length))
    }

    mutating func newestFrame(within milliseconds: Int32) throws(CameraError) -> LumaPicture? {
        watch(counts.taken)
        guard counts.taken < last else { throw CameraError(path: "synthetic", failure: .system(ENODEV, "go on")) }
        let frame = frames[counts.taken % frames.count]
        counts.taken += 1
        do {
            return try buffer.picture(of: frame.bytes.span.bytes, format: frame.format, width: 320, height: 240, stride: 0)
        } catch {
            counts.bad += 1
            return nil
        }
    }
}

/// `Soak COUNT`: the scanner's loop over so many frames, locked in as it is; prints its memory on the way.
@main enum Soak {
    static func main() throws {
        guard CommandLine.arguments.count == 2, let count = Int(CommandLine.arguments[1]), count >= 20_000 else {
            print("usage: Soak COUNT      COUNT is at least 20000")
            exit(2)
        }
        // Open, because inside nothing can be opened.
        let statm = open("/proc/self/statm", O_RDONLY)
        var (early, late) = (0, 0)
        var source = try SyntheticSource(last: count) { frame in
            guard frame == 10_000 || frame == count || frame % max(1, count / 10) == 0 else { return }
            late = resident(statm)
            if frame == 10_000 { early = late }
            print("\(frame) frames: \(late) KiB")
        }
        let settings = CameraRun.Settings()
        var session = CameraSession(
            settings: settings, holdOff: HoldOff(.zero), patience: FramePatience(), start: .now, warns: false)
        _ = try ScannerJail.lock(memory: 256 << 20)
        var reads = 0
        do {
            try session.stream("synthetic", nil, from: &source) { line throws(CameraRun.Stop) in
                if case .read = line { reads += 1 }
            }
        } catch let error as CameraError {
            // The end of the frames.
            guard case .system(ENODEV, _) = error.failure else { throw error }
        }
        print("\(reads) reads, \(source.counts.bad) bad frames; \(late - early) KiB more at the end than after 10000 frames")
        exit(reads > count / 10 && late - early <= 2048 ? 0 : 1)
    }

    /// KiB: the second field of statm, in pages (man 5 proc).
    static func resident(_ file: Int32) -> Int {
        var text = [UInt8](repeating: 0, count: 128)
        lseek(file, 0, SEEK_SET)
        let length = read(file, &text, text.count)
        let fields = String(decoding: text.prefix(max(0, length)), as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) / 1024 : 0
    }
}
