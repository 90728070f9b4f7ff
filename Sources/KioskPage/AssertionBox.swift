import Synchronization

/// The assertion of the last sign-in, until the application takes it, the session ends, or it is too old to be believed.
public final class AssertionBox: Sendable, CustomStringConvertible, CustomReflectable {
    struct Assertion {
        let attempt: String
        let text: String
        let time: ContinuousClock.Instant
    }

    private let kept = Mutex<Assertion?>(nil)
    private let feed: StateFeed

    /// The feed says when there is one.
    public init(feed: StateFeed) { self.feed = feed }

    public func put(_ text: String, of attempt: String) {
        kept.withLock { kept in
            kept = Assertion(attempt: attempt, text: text, time: .now)
            // Under the lock, so that the feed never says of one assertion what is true of another.
            feed.update { $0.hasAssertion = true }
        }
    }

    public func clear() { _ = take(now: .now) }

    /// Nil when there is none; the service's are good for five minutes.
    func take(now: ContinuousClock.Instant) -> Assertion? {
        let taken = kept.withLock { kept in
            defer { kept = nil }
            feed.update { $0.hasAssertion = false }
            return kept
        }
        return taken.flatMap { now - $0.time < .seconds(300) ? $0 : nil }
    }

    public var description: String { "redacted" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
