import Dispatch
import Glibc
import Synchronization
public import Verifier

/// A keypad on a serial port, read on a thread of its own; one that was unplugged is opened again when it returns.
public enum Keypad {
    public enum Report: Sendable {
        case key(Key)
        case present
        case absent(reason: String)
    }

    /// The reports of a port until the reader is done with them. At most 64 wait; a person types no faster.
    public static func reports(path: String, baud: Int) -> AsyncStream<Report> {
        AsyncStream(bufferingPolicy: .bufferingOldest(64)) { continuation in
            let isDone = Done()
            continuation.onTermination = { _ in isDone.set() }
            DispatchQueue(label: "keypad").async { read(path, baud, isDone, continuation) }
        }
    }

    private static func read(_ path: String, _ baud: Int, _ isDone: Done, _ continuation: AsyncStream<Report>.Continuation) {
        var lastReason: String?
        while !isDone.value {
            do {
                let port = try SerialPort(path: path, baud: baud)
                var decoder = ASCIIKeyDecoder()
                continuation.yield(.present)
                lastReason = nil
                while !isDone.value {
                    for byte in try port.read(within: 100) {
                        if let key = decoder.decode(byte) { continuation.yield(.key(key)) }
                    }
                }
            } catch {
                // An absence is told once, not once a try.
                if error.description != lastReason { continuation.yield(.absent(reason: error.description)) }
                lastReason = error.description
                usleep(300_000)
            }
        }
    }

    private final class Done: Sendable {
        private let flag = Atomic(false)
        var value: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }
}
