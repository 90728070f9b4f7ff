import FoundationEssentials
import Glibc
import ScannerJail
import VideoCapture

/// A child's work: one camera from its opening to its end, with all that is parsed of it behind the lock.
struct CameraSession: ~Copyable {
    private let settings: CameraRun.Settings
    private let start: ContinuousClock.Instant
    private let warns: Bool
    private let clock = ContinuousClock()
    private var ladder = FrameLadder()
    private var patience: FramePatience
    private var meter = SightMeter()
    private(set) var holdOff: HoldOff
    /// Whether a frame came.
    private(set) var streamed = false

    /// Between two previews: as often as an eye needs to follow its own hand.
    private static let previewInterval = Duration.milliseconds(100)

    /// Beside what the process has when the camera streams: three 1080p pictures take 6 MiB, and the decoders a few times that.
    private static let cameraMemory = 256 << 20

    /// Seconds for one frame, waiting included; usual are tens of milliseconds.
    private static let longestTurn: UInt32 = 15

    /// Seconds until the camera streams and the lock is shut; a driver may hang.
    private static let longestOpening: UInt32 = 60

    init(settings: CameraRun.Settings, holdOff: HoldOff, patience: FramePatience, start: ContinuousClock.Instant, warns: Bool) {
        self.settings = settings
        self.holdOff = holdOff
        self.patience = patience
        self.start = start
        self.warns = warns
    }

    /// Ends only by an error: `CameraError` when the camera goes, `JailError` when the lock fails, or what `emit` throws.
    mutating func run(_ emit: (CameraRun.Line) throws(CameraRun.Stop) -> Void) throws -> Never {
        alarm(Self.longestOpening)
        let path = try settings.device ?? Camera.firstNode()
        if PictureCamera.isPicture(path) {
            var camera = try PictureCamera(path: path)
            // The whole directory: the picture's writer may put a new file in its place.
            let directory = URL(filePath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
            try lock(reading: [directory], memory: PictureRun.memory, emit)
            try stream(path, nil, from: &camera, emit)
        } else {
            var camera = try Camera(path: path, wish: settings.wish, controls: settings.controls)
            try lock(reading: [], memory: Self.cameraMemory, emit)
            try stream(path, camera.mode, from: &camera, emit)
        }
    }

    private func lock(
        reading paths: [String], memory: Int, _ emit: (CameraRun.Line) throws(CameraRun.Stop) -> Void
    ) throws {
        CharacterSets.load()
        let protection = try ScannerJail.lock(reading: paths, memory: memory)
        if warns, protection.landlock == nil {
            try emit(.warning("this kernel has no Landlock: seccomp alone keeps the scanner in."))
        }
    }

    /// Reads until the source fails, or `emit` throws.
    mutating func stream(
        _ path: String, _ mode: CameraMode?, from source: inout some FrameSource & ~Copyable,
        _ emit: (CameraRun.Line) throws(CameraRun.Stop) -> Void
    ) throws -> Never {
        var (lastFrame, idleSince, lastMeter, lastPreview) = (clock.now, clock.now, clock.now, clock.now)
        var hadSight = false
        while true {
            let left = patience.limit - (clock.now - idleSince)
            // A picture may be made to keep ZBar busy for hours; then this child ends by SIGALRM, as if it had crashed.
            alarm(Self.longestTurn)
            guard left > .zero else { throw CameraError(path: path, failure: .frozen) }
            guard let picture = try source.newestFrame(within: Int32(min(left / .milliseconds(1), 1000)) + 1) else { continue }
            patience.sawFrame(after: clock.now - lastFrame)
            lastFrame = clock.now
            // A camera that opens but shows nothing is not told as streaming.
            if !streamed { try emit(.streaming(device: path, mode: mode)) }
            streamed = true
            holdOff.sawFrame(at: lastFrame - start)
            let payloads = ladder.read(picture)
            if settings.showsPreview {
                // Before the badge is told of, which ends the preview: a person sees that it was found.
                let isFound = ladder.sight != nil && !hadSight
                hadSight = ladder.sight != nil
                if isFound || clock.now - lastPreview >= Self.previewInterval {
                    lastPreview = clock.now
                    try emit(.preview(Preview(picture, outline: ladder.sight)))
                }
            }
            for payload in payloads {
                let text = String(decoding: payload, as: UTF8.self)
                guard settings.takesAny || text.hasPrefix("ms-qrpin:"), holdOff.admits(text) else { continue }
                try emit(.read(text: text, time: Date()))
            }
            if let interval = settings.meterInterval {
                meter.saw(picture, codes: payloads.count, at: clock.now - start)
                if clock.now - lastMeter >= .seconds(interval) {
                    try emit(.meter(meter.reading(counts: source.counts)))
                    lastMeter = clock.now
                }
            }
            // Decoding is no wait for the camera.
            idleSince = clock.now
        }
    }
}
