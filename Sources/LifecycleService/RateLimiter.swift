import Synchronization

/// How many calls a caller may make: so many a second, and so many at once after a rest.
public struct CallRate: Hashable, Sendable {
    let interval: Double
    /// How far ahead of its rate a caller may be, in seconds.
    let tolerance: Double

    public static let unlimited = CallRate(interval: 0, tolerance: 0)

    private init(interval: Double, tolerance: Double) {
        self.interval = interval
        self.tolerance = tolerance
    }

    public init(perSecond: Double, burst: Int) {
        self.init(interval: 1 / perSecond, tolerance: Double(burst - 1) / perSecond)
    }

    /// `RATE/BURST`, such as `50/200`, or `off`; nil for anything else.
    public init?(_ text: String) {
        guard text != "off" else {
            self = .unlimited
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let rate = Double(parts[0]), let burst = Int(parts[1]), (0.001...1e6).contains(rate),
            (1...1_000_000).contains(burst)
        else { return nil }
        self.init(perSecond: rate, burst: burst)
    }
}

/// The rates of the kinds of callers. None is limited until it is set.
public struct CallLimits: Sendable {
    public var kiosk = CallRate.unlimited
    public var client = CallRate.unlimited
    /// Of calls without a valid token, by the address that they come from.
    public var address = CallRate.unlimited

    public init() {}
}

/// A token bucket a caller, as the virtual scheduling algorithm of ITU-T I.371 (GCRA): all it keeps of a caller is one time.
final class RateLimiter: Sendable {
    private struct Buckets {
        /// When each caller's bucket is full again, in seconds since the start.
        var full: [String: Double] = [:]
        var swept = 0.0

        /// Forgets those that are full, which changes nothing for their callers; at most once a second, because it looks at all.
        mutating func room(for caller: String, capacity: Int, at now: Double) -> Bool {
            if full.count < capacity || full[caller] != nil { return true }
            if now >= swept + 1 {
                swept = now
                full = full.filter { $0.value > now }
            }
            return full.count < capacity
        }
    }

    private let buckets = Mutex(Buckets())
    private let start = ContinuousClock.now
    private let capacity: Int

    /// Keeps `capacity` callers apart. Those beyond, a flood from many addresses, share one bucket until some are full again.
    init(capacity: Int = 10_000) { self.capacity = capacity }

    /// Nil when the call may go on, else how many seconds to wait.
    func wait(_ caller: String, _ rate: CallRate, at moment: ContinuousClock.Instant = .now) -> Double? {
        guard rate != .unlimited else { return nil }
        let now = (moment - start) / .seconds(1)
        return buckets.withLock { buckets in
            let caller = buckets.room(for: caller, capacity: capacity, at: now) ? caller : ""
            let full = max(buckets.full[caller] ?? now, now)
            let wait = full - now - rate.tolerance
            // Within a microsecond is rounding.
            guard wait < 1e-6 else { return wait }
            buckets.full[caller] = full + rate.interval
            return nil
        }
    }

    var count: Int { buckets.withLock { $0.full.count } }
}
