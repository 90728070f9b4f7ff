import BarcodeReader
public import FoundationEssentials
import Glibc
import VideoCapture

/// Reads badges from a camera for as long as the process lives; a camera that goes is opened again when it returns.
public struct CameraRun: ~Copyable {
    /// What leaves the scanner.
    public enum Line: Sendable {
        case read(text: String, time: Date)
        case streaming(device: String)
        case absent(reason: String)
    }

    private let device: String?
    private let takesAny: Bool
    private let reader = BarcodeReader(density: 2)
    private let clock = ContinuousClock()
    private var holdOff = HoldOff()
    private var lastReason: String?

    /// `device` is a path of a camera, or of a picture file in its place; nil means the first node of `/dev/video*` that captures.
    public init(device: String?, takingAny: Bool) {
        self.device = device
        takesAny = takingAny
    }

    /// Never returns but by what `emit` throws.
    public mutating func run(_ emit: (Line) throws -> Void) throws -> Never {
        let start = clock.now
        while true {
            do {
                try stream(since: start, emit)
            } catch let error as CameraError {
                // An absence is told once, not once a try.
                if error.description != lastReason { try emit(.absent(reason: error.description)) }
                lastReason = error.description
            }
            // Twice a second is soon enough for a person who plugs a camera in, and costs nothing.
            usleep(500_000)
        }
    }

    private mutating func stream(since start: ContinuousClock.Instant, _ emit: (Line) throws -> Void) throws {
        let path = try device ?? Camera.firstNode()
        if PictureCamera.isPicture(path) {
            var camera = try PictureCamera(path: path)
            try stream(path, from: &camera, since: start, emit)
        } else {
            var camera = try Camera(path: path)
            try stream(path, from: &camera, since: start, emit)
        }
    }

    private mutating func stream(
        _ path: String, from source: inout some FrameSource & ~Copyable, since start: ContinuousClock.Instant,
        _ emit: (Line) throws -> Void
    ) throws {
        var lastFrame = clock.now
        var isTold = false
        while true {
            if let picture = try source.newestFrame(within: 1000) {
                lastFrame = clock.now
                // A camera that opens but shows nothing is not told as streaming.
                if !isTold { try emit(.streaming(device: path)) }
                (isTold, lastReason) = (true, nil)
                for payload in reader.readThoroughly(picture) {
                    let text = String(decoding: payload, as: UTF8.self)
                    guard takesAny || text.hasPrefix("ms-qrpin:"), holdOff.admits(text, at: clock.now - start) else { continue }
                    try emit(.read(text: text, time: Date()))
                }
            } else if clock.now - lastFrame > .seconds(5) {
                throw CameraError(path: path, failure: .frozen)
            }
        }
    }
}
