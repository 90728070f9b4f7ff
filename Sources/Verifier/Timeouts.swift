extension Verifier {
    /// How long things may take (design §3).
    public struct Timeouts: Hashable, Sendable {
        /// All the time for one PIN, and the time between two keys.
        public var pin: Duration = .seconds(30)
        public var key: Duration = .seconds(10)
        /// From the badge to the last key. The service forgets an attempt after 300 s.
        public var attempt: Duration = .seconds(290)
        public var service: Duration = .seconds(15)
        /// When a person is told that the service is slow.
        public var slow: Duration = .seconds(3)
        /// How long success is shown, and a refusal, which has more to read.
        public var outcome: Duration = .seconds(3)
        public var refusal: Duration = .seconds(6)
        /// A code that is reported again this soon is still the same showing of it.
        public var holdOff: Duration = .seconds(3)
        /// A session without use ends after this; nil for a kiosk that has no sessions.
        public var session: Duration?
        /// Before that the person is warned (WCAG 2.2, 2.2.1: at least 20 s).
        public var sessionWarning: Duration = .seconds(30)

        public init() {}

        /// For people who need time: four times as long for a PIN and to read.
        public static let long: Timeouts = {
            var long = Timeouts()
            (long.pin, long.key) = (.seconds(120), .seconds(40))
            (long.outcome, long.refusal) = (.seconds(12), .seconds(24))
            long.sessionWarning = .seconds(120)
            return long
        }()
    }
}
