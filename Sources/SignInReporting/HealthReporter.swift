public import LifecycleAPI
import Synchronization

/// Tells the service how this kiosk is: every minute, and when something changes.
public struct HealthReporter: Sendable {
    private let state = State()
    private let period: Duration
    private let measure: @Sendable (_ camera: String, _ crashes: Int) async throws -> KioskHealth
    private let send: @Sendable (KioskHealth) async throws -> Void
    private let changes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    private final class State: Sendable {
        let seen = Mutex((camera: "unknown", crashes: 0))
    }

    /// `measure` adds to what was told here what it finds out itself.
    public init(
        period: Duration = .seconds(60),
        measure: @escaping @Sendable (_ camera: String, _ crashes: Int) async throws -> KioskHealth,
        send: @escaping @Sendable (KioskHealth) async throws -> Void
    ) {
        self.period = period
        self.measure = measure
        self.send = send
        (changes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// `streaming` or `absent`.
    public func cameraBecame(_ camera: String) { change { $0.camera = camera } }

    public func scannerCrashed(_ count: Int) { change { $0.crashes = count } }

    private func change(_ body: (inout (camera: String, crashes: Int)) -> Void) {
        let isNew = state.seen.withLock { seen in
            let old = seen
            body(&seen)
            return seen != old
        }
        if isNew { waker.yield() }
    }

    /// Runs until it is cancelled. A report that does not arrive is not repeated: the next one is newer.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [waker, period] in
                repeat { waker.yield() } while (try? await Task.sleep(for: period)) != nil
                waker.finish()
            }
            for await _ in changes {
                let (camera, crashes) = state.seen.withLock { $0 }
                try? await send(measure(camera, crashes))
                // Changes come together: a camera that goes and comes is not worth a call each time.
                try? await Task.sleep(for: min(period, .seconds(1)))
            }
            group.cancelAll()
        }
    }
}
