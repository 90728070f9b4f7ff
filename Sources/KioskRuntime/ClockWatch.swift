public import FoundationEssentials
public import Verifier

/// Whether the wall clock can be believed: it was set, it has not jumped since, and it agrees with the service's.
public struct ClockWatch: Sendable {
    /// A clock that was never set stands before the program was made.
    private let madeAt: Date
    /// The wall clock less the uptime, which stays the same but for drift.
    private var offset: TimeInterval?
    private var wasSet = false
    private var isDoubted = false

    /// What drift, a slow answer and a leap second never make.
    private static let tolerance: TimeInterval = 120

    public init(madeAt: Date) { self.madeAt = madeAt }

    /// Both clocks, read at once.
    public mutating func look(wall: Date, uptime: Duration) -> Moment {
        let now = wall.timeIntervalSince1970 - uptime / .seconds(1)
        let isSet = wall >= madeAt
        // A clock that is set for the first time jumps, and is right from then on.
        if let offset, wasSet, abs(now - offset) > Self.tolerance { isDoubted = true }
        (offset, wasSet) = (now, isSet)
        return Moment(wall: wall, uptime: uptime, isClockTrusted: isSet && !isDoubted)
    }

    /// The service's clock decides, either way.
    public mutating func compare(service: Date, wall: Date) {
        isDoubted = abs(service.timeIntervalSince(wall)) > Self.tolerance
    }
}
