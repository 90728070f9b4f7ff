public import FoundationEssentials

/// Now, on both clocks: wall time for validity, uptime for timeouts.
public struct Moment: Hashable, Sendable {
    public let wall: Date
    /// Since some fixed point, never running backwards.
    public let uptime: Duration
    /// False when the wall clock was never set, jumped, or is not what the service's is.
    public let isClockTrusted: Bool

    public init(wall: Date, uptime: Duration, isClockTrusted: Bool = true) {
        self.wall = wall
        self.uptime = uptime
        self.isClockTrusted = isClockTrusted
    }
}
