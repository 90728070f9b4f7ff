import FoundationEssentials
import KioskRuntime
import Synchronization
import Verifier

/// Both clocks, read at once.
enum Uptime {
    private static let start = ContinuousClock.now
    private static let watch = Mutex(ClockWatch(madeAt: Date(timeIntervalSince1970: 1_793_491_200)))  // 2026-11-01T00:00:00Z

    @Sendable static func moment() -> Moment {
        watch.withLock { $0.look(wall: Date(), uptime: ContinuousClock.now - start) }
    }

    @Sendable static func heard(serviceTime: Date) {
        watch.withLock { $0.compare(service: serviceTime, wall: Date()) }
    }
}
