public import Verifier

/// Tells a person's keys from a bouncing contact and from a line full of noise.
public struct KeyGuard: Sendable {
    private let debounce: Duration
    private let limit: Int
    private var last: (keys: [Key], time: Duration)?
    /// When the last presses were, at most `limit` of them.
    private var times: [Duration] = []
    private var noisyUntil: Duration?

    /// The same key again sooner than `debounce` is a bounce; more than `limit` presses within a second are noise. What came in one read is no
    /// bounce: a machine that was held up gets presses at once that lay apart, and a PIN may have the same digit twice.
    public init(debounce: Duration = .milliseconds(20), limit: Int = 20) {
        self.debounce = debounce
        self.limit = limit
    }

    /// What is to be believed of keys that were sent together. When noise begins, that is one `clear`: what was typed may not be the person's;
    /// then nothing until the line was quiet for half a second.
    public mutating func pass(_ keys: [Key], at now: Duration) -> [Key] {
        guard !keys.isEmpty else { return [] }
        let bounced = last.map { $0.keys == keys && $0.time < now && now < $0.time + debounce } ?? false
        last = (keys, now)
        if let until = noisyUntil, now < until {
            noisyUntil = now + .milliseconds(500)
            return []
        }
        noisyUntil = nil
        if bounced { return [] }
        times.removeAll { now - $0 >= .seconds(1) }
        times.append(now)
        guard times.count > limit else { return keys }
        times = []
        noisyUntil = now + .milliseconds(500)
        return [.clear]
    }
}
