import Dispatch
import Glibc
import Synchronization
public import Verifier

/// A keypad on a serial port, read on a thread of its own; one that was unplugged is opened again when it returns.
public final class Keypad: Sendable {
    public enum Report: Sendable {
        case key(Key)
        case present
        case absent(reason: String)
    }

    private let path: String
    private let settings: SerialSettings
    private let profile: KeypadProfile
    private let feedback: Mutex<KeypadFeedback>
    /// While there is one.
    private let port = Mutex<OpenPort?>(nil)

    public init(
        path: String, settings: SerialSettings = SerialSettings(), profile: KeypadProfile = KeypadProfile(),
        feedback: KeypadFeedback = KeypadFeedback(.none)
    ) {
        self.path = path
        self.settings = settings
        self.profile = profile
        self.feedback = Mutex(feedback)
    }

    /// The reports of the port until the reader is done with them. At most 64 wait; a person types no faster.
    public func reports() -> AsyncStream<Report> {
        AsyncStream(bufferingPolicy: .bufferingOldest(64)) { continuation in
            let isDone = Done()
            continuation.onTermination = { _ in isDone.set() }
            DispatchQueue(label: "keypad").async { self.run(isDone, continuation) }
        }
    }

    /// Tells the person at the keypad, as far as it can beep, light or write.
    public func show(_ display: Display) {
        let bytes = feedback.withLock { $0.bytes(for: display) }
        let open = port.withLock { $0 }
        if !bytes.isEmpty { open?.port.write(bytes) }
    }

    private func run(_ isDone: Done, _ continuation: AsyncStream<Report>.Continuation) {
        defer { port.withLock { $0 = nil } }
        var lastReason: String?
        while !isDone.value {
            do throws(SerialPortError) {
                let open = OpenPort(port: try SerialPort(path: path, settings: settings))
                port.withLock { $0 = open }
                continuation.yield(.present)
                lastReason = nil
                try read(open, isDone, continuation)
            } catch {
                port.withLock { $0 = nil }
                // An absence is told once, not once a try.
                if error.description != lastReason { continuation.yield(.absent(reason: error.description)) }
                lastReason = error.description
                usleep(300_000)
            }
        }
    }

    private func read(
        _ open: OpenPort, _ isDone: Done, _ continuation: AsyncStream<Report>.Continuation
    ) throws(SerialPortError) {
        var reader = KeyReader(profile)
        let start = ContinuousClock.now
        while !isDone.value {
            let bytes = try open.port.read(within: 100)
            for key in reader.read(bytes, at: ContinuousClock.now - start) { continuation.yield(.key(key)) }
        }
    }

    /// Shared by who reads and who writes; it closes when both are done with it.
    private final class OpenPort: Sendable {
        let port: SerialPort
        init(port: consuming SerialPort) { self.port = port }
    }

    private final class Done: Sendable {
        private let flag = Atomic(false)
        var value: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }
}
