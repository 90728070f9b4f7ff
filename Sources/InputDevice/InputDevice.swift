import Dispatch
import Glibc
import Synchronization

/// A keyboard, read on a thread of its own and kept from everybody else; one that was unplugged is grabbed again when it returns.
public final class InputDevice: Sendable {
    private let path: String
    private let calls: any InputCalls

    public convenience init(path: String) { self.init(path: path, calls: KernelCalls()) }

    init(path: String, calls: any InputCalls) { (self.path, self.calls) = (path, calls) }

    /// What the listener makes of the device, until the reader is done with it. At most `limit` wait; those that follow are dropped.
    public func reports<Listener: InputListener>(of listener: Listener, limit: Int) -> AsyncStream<Listener.Report> {
        AsyncStream(bufferingPolicy: .bufferingOldest(limit)) { continuation in
            let isDone = Done()
            continuation.onTermination = { _ in isDone.set() }
            DispatchQueue(label: "input").async {
                var listener = listener
                self.run(isDone) { event in for report in listener.hear(event) { continuation.yield(report) } }
            }
        }
    }

    private func run(_ isDone: Done, _ tell: (InputEvent) -> Void) {
        var lastReason: String?
        while !isDone.value {
            do throws(InputDeviceError) {
                var node = try EventNode(path: path, calls: calls)
                tell(.opened)
                lastReason = nil
                let start = ContinuousClock.now
                while !isDone.value {
                    let input = try node.read(within: 100)
                    let now = ContinuousClock.now - start
                    switch input {
                    case .strokes(let strokes): tell(.strokes(strokes, at: now))
                    case .gap(let strokes, let held):
                        if !strokes.isEmpty { tell(.strokes(strokes, at: now)) }
                        tell(.dropped(held: held, at: now))
                    }
                }
            } catch {
                // An absence is told once, not once a try.
                if error.description != lastReason { tell(.gone(reason: error.description)) }
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
