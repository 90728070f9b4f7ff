import Synchronization

/// Whether the service can be reached, as a circuit breaker: who finds it gone opens it, and it is probed until it is back.
public final class ServiceLink: Sendable {
    /// A call that takes longer than this has the service probed beside it.
    static let patience = Duration.milliseconds(800)
    /// Between two probes of a service that is gone.
    static let pause = Duration.milliseconds(500)

    private let up = Mutex(true)
    private let probe: @Sendable () async -> Bool
    private let changed: @Sendable (_ isUp: Bool) -> Void
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// `probe` answers within a second; `changed` asks nothing of the link.
    public init(probe: @escaping @Sendable () async -> Bool, changed: @escaping @Sendable (_ isUp: Bool) -> Void) {
        (self.probe, self.changed) = (probe, changed)
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public var isUp: Bool { up.withLock { $0 } }

    /// What was found of the service.
    public func found(isUp: Bool) {
        up.withLock { up in
            guard up != isUp else { return }
            up = isUp
            // Under the lock, so that what is told last is how it is.
            changed(isUp)
            if !isUp { waker.yield() }
        }
    }

    /// Probes a service that is gone until it is back; runs until it is cancelled.
    public func run() async {
        for await _ in wakes {
            while !isUp, !Task.isCancelled {
                if await probe() { found(isUp: true) } else { try? await Task.sleep(for: Self.pause) }
            }
        }
    }

    /// Returns when a service that was found gone is back, or after a while.
    public func outage() async {
        found(isUp: false)
        for _ in 0..<20 where !isUp { try? await Task.sleep(for: Self.pause) }
    }

    /// A call of the service. When it takes long and the service does not answer a probe either, it is given up: within two seconds of the
    /// call if the service was gone by then. Throws ``ServiceGone`` or what the call throws.
    public func call<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask { [probe] in
                repeat { try await Task.sleep(for: Self.patience) } while await probe()
                return nil
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() ?? nil else { throw ServiceGone() }
            return answer
        }
    }
}

/// The service answered neither the call nor a probe.
public struct ServiceGone: Error, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "the service does not answer. Check that it runs, and the network." }
}
