import FoundationEssentials
import Verifier

/// Both clocks, read at once.
enum Uptime {
    private static let start = ContinuousClock.now

    /// A clock that was never set stands before this program was made.
    private static let madeAt = Date(timeIntervalSince1970: 1_793_491_200)  // 2026-11-01T00:00:00Z

    @Sendable static func moment() -> Moment {
        let now = Date()
        return Moment(wall: now, uptime: ContinuousClock.now - start, isClockTrusted: now >= madeAt)
    }
}
