import Dispatch
import Glibc
import Synchronization

/// What happens at a device's port. Time is uptime since the port was opened.
public enum SerialEvent: Sendable {
    case opened
    /// What was read at once; empty when for a while nothing came.
    case bytes([UInt8], at: Duration)
    case gone(reason: String)
}

/// Makes a device's reports of what happens at its port.
public protocol SerialListener: Sendable {
    associatedtype Report: Sendable

    mutating func hear(_ event: SerialEvent) -> [Report]
}

/// A device on a serial port, read on a thread of its own; one that was unplugged is opened again when it returns.
public final class SerialDevice: Sendable {
    private let path: String
    private let settings: SerialSettings
    private let patience: Int32
    /// While there is one.
    private let port = Mutex<OpenPort?>(nil)

    /// When nothing comes for `patience`, in milliseconds, that is told.
    public init(path: String, settings: SerialSettings = SerialSettings(), patience: Int32 = 100) {
        self.path = path
        self.settings = settings
        self.patience = patience
    }

    /// What the listener makes of the port, until the reader is done with it. At most `limit` wait; those that follow are dropped.
    public func reports<Listener: SerialListener>(of listener: Listener, limit: Int) -> AsyncStream<Listener.Report> {
        AsyncStream(bufferingPolicy: .bufferingOldest(limit)) { continuation in
            let isDone = Done()
            continuation.onTermination = { _ in isDone.set() }
            DispatchQueue(label: "serial").async {
                var listener = listener
                self.run(isDone) { event in for report in listener.hear(event) { continuation.yield(report) } }
            }
        }
    }

    /// Sends what the line takes at once; nothing while there is no port.
    public func write(_ bytes: [UInt8]) {
        let open = port.withLock { $0 }
        if !bytes.isEmpty { open?.port.write(bytes) }
    }

    private func run(_ isDone: Done, _ tell: (SerialEvent) -> Void) {
        defer { port.withLock { $0 = nil } }
        var lastReason: String?
        while !isDone.value {
            do throws(SerialPortError) {
                let open = OpenPort(port: try SerialPort(path: path, settings: settings))
                port.withLock { $0 = open }
                tell(.opened)
                lastReason = nil
                let start = ContinuousClock.now
                while !isDone.value { tell(.bytes(try open.port.read(within: patience), at: ContinuousClock.now - start)) }
            } catch {
                port.withLock { $0 = nil }
                // An absence is told once, not once a try.
                if error.description != lastReason { tell(.gone(reason: error.description)) }
                lastReason = error.description
                usleep(300_000)
            }
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
