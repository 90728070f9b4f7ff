import BarcodeReader
public import FoundationEssentials
import Glibc
public import ScannerJail
public import VideoCapture

/// Reads badges from a camera for as long as the process lives; a camera that goes is opened again when it returns.
///
/// This process never sees a picture. Each time the camera is there a child opens it, locks itself in (`ScannerJail`) and
/// reads; when the camera goes the child ends with a note, and the next child opens what the stable name means by then.
public struct CameraRun: ~Copyable {
    /// What leaves the scanner.
    public enum Line: Sendable {
        case read(text: String, time: Date)
        case streaming(device: String, mode: CameraMode?)
        case absent(reason: String)
        case meter(MeterReading)
        case preview(Preview)
        /// Something that the kernel cannot do for us.
        case warning(String)
    }

    public struct Settings: Sendable {
        /// The path of a camera, or of a picture file in its place; nil means the first node of `/dev/video*` that captures.
        public var device: String?
        public var wish = CameraWish()
        public var controls: [CameraControl] = []
        /// Lets payloads through that are not `ms-qrpin`.
        public var takesAny = false
        /// Seconds between two lines of the meter; nil for none.
        public var meterInterval: Double?
        /// Whether there are previews.
        public var showsPreview = false

        public init() {}
    }

    /// Thrown by `emit` to end the run with an exit status.
    public struct Stop: Error {
        let status: Int32

        public init(status: Int32) { self.status = status }
    }

    /// How a run ends.
    public enum Ending: Hashable, Sendable {
        case stopped(status: Int32)
        /// The child with the pictures died.
        case crashed(signal: Int32)
    }

    /// What a child leaves behind.
    private struct Note: Codable {
        var reason: String
        var isFrozen: Bool
        var streamed: Bool
        var holdOff: HoldOff
    }

    private let settings: Settings
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var holdOff = HoldOff()
    private var patience = FramePatience()
    private var isFirst = true

    public init(_ settings: Settings) { self.settings = settings }

    /// Runs until `emit` throws or a child crashes. Throws `JailError` when no child can be made.
    public mutating func run(_ emit: (Line) throws(Stop) -> Void) throws(JailError) -> Ending {
        let watch = CameraWatch()
        var lastReason: String?
        while true {
            switch try ForkedChild.run({ leaveNote(emit) }) {
            case .exited(let status): return .stopped(status: status)
            case .killed(let signal): return .crashed(signal: signal)
            case .note(let bytes):
                // Nothing that a child in its right mind would write.
                guard let note = try? JSONDecoder().decode(Note.self, from: Data(bytes)) else { return .crashed(signal: SIGABRT) }
                (holdOff, isFirst) = (note.holdOff, false)
                patience.closed(streamed: note.streamed || !note.isFrozen)
                // An absence is told once, not once a try.
                if note.streamed || note.reason != lastReason {
                    do throws(Stop) { try emit(.absent(reason: note.reason)) } catch { return .stopped(status: error.status) }
                }
                lastReason = note.reason
                // A frozen camera is there. For the others udev tells; below it lies a look every two seconds.
                if !note.isFrozen { watch.wait(milliseconds: 2000) }
            }
        }
    }

    /// The child's life.
    private func leaveNote(_ emit: (Line) throws(Stop) -> Void) -> [UInt8] {
        var session = CameraSession(settings: settings, holdOff: holdOff, patience: patience, start: start, warns: isFirst)
        do {
            try session.run(emit)
        } catch let error as CameraError {
            let note = Note(
                reason: error.description, isFrozen: error.failure == .frozen, streamed: session.streamed,
                holdOff: session.holdOff)
            return (try? JSONEncoder().encode(note)).map { [UInt8]($0) } ?? []
        } catch let stop as Stop {
            _exit(stop.status)
        } catch {
            // JailError: unlocked, nothing may be parsed.
            try? emit(.warning("\(error)"))
            _exit(71)  // EX_OSERR of sysexits.h.
        }
    }
}
