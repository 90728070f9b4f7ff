/// What came of a scenario.
public struct ScenarioResult: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        case passed
        /// A sentence for each expectation that was not met.
        case failed([String])
        /// The path cannot do what the scenario asks for, and why.
        case skipped(String)
    }

    public let scenario: Scenario
    public let measured: Measurement
    public let verdict: Verdict

    /// Judges what was measured by the scenario's expectations.
    public init(_ scenario: Scenario, _ measured: Measurement) {
        self.scenario = scenario
        self.measured = measured
        let failures = measured.failures(of: scenario)
        verdict = failures.isEmpty ? .passed : .failed(failures)
    }

    public init(_ scenario: Scenario, skipped reason: String) {
        (self.scenario, measured, verdict) = (scenario, Measurement(), .skipped(reason))
    }

    /// A scenario that could not be played to its end.
    public init(_ scenario: Scenario, _ measured: Measurement, failed reason: String) {
        (self.scenario, self.measured, verdict) = (scenario, measured, .failed([reason]))
    }

    public var failures: [String] { if case .failed(let failures) = verdict { failures } else { [] } }
}

/// What was seen while a scenario was played.
public struct Measurement: Hashable, Sendable {
    public var rounds = 0
    public var reads = 0
    /// Milliseconds from the first frame with the whole symbol to the kiosk's answer to it, and from the last key to the result.
    public var readLatencies = Latencies()
    public var resultLatencies = Latencies()
    /// Sign-ins that the kiosk showed.
    public var signIns = 0
    /// From the first badge held up to the last result.
    public var seconds = 0.0
    /// What the service's log says of the attempts, in order.
    public var outcomes: [String] = []

    public init() {}

    public var misses: Int { rounds - reads }
    /// 0 to 1; nil without a round.
    public var readRate: Double? { rounds == 0 ? nil : Double(reads) / Double(rounds) }
    public var signInsPerMinute: Double? { seconds > 0 ? Double(signIns) * 60 / seconds : nil }

    func failures(of scenario: Scenario) -> [String] {
        let wanted = scenario.expectation
        return [
            outcomeFailure(wanted.outcomes),
            rateFailure(wanted),
            Self.limit("95th percentile from badge to answer", readLatencies.p95, atMost: wanted.readP95, " ms"),
            Self.limit("95th percentile from key to result", resultLatencies.p95, atMost: wanted.resultP95, " ms"),
            Self.limit("sign-ins a minute", signInsPerMinute, atLeast: wanted.signInsPerMinute),
        ].compactMap { $0 }
    }

    private func outcomeFailure(_ wanted: Scenario.Expectation.Outcomes) -> String? {
        let expected: [String] =
            switch wanted {
            // What was not read leaves no event; the read rate tells of it.
            case .each(let one?): Array(repeating: one, count: reads)
            case .each(nil): []
            case .all(let list): list
            }
        guard outcomes != expected else { return nil }
        return "the sign-in log has \(Self.counted(outcomes)), not \(Self.counted(expected))"
    }

    private func rateFailure(_ wanted: Scenario.Expectation) -> String? {
        if wanted.outcomes == .each(nil) { return reads == 0 ? nil : "\(reads) of \(rounds) badges were read, not none" }
        return Self.limit("read rate", readRate, atLeast: wanted.readRate)
    }

    private static func limit(
        _ what: String, _ value: Double?, atLeast least: Double? = nil, atMost most: Double? = nil, _ unit: String = ""
    ) -> String? {
        let shown = value.map { "\(rounded($0))\(unit)" } ?? "not measured"
        if let least, (value ?? -1) < least { return "\(what): \(shown), not at least \(rounded(least))\(unit)" }
        if let most, (value ?? .infinity) > most { return "\(what): \(shown), not at most \(rounded(most))\(unit)" }
        return nil
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    /// Such as `3 signedIn, wrongPIN`: in order, equal neighbours counted.
    private static func counted(_ outcomes: [String]) -> String {
        var groups: [(name: String, count: Int)] = []
        for name in outcomes {
            if groups.last?.name == name { groups[groups.count - 1].count += 1 } else { groups.append((name, 1)) }
        }
        let words = groups.map { $0.count == 1 ? $0.name : "\($0.count) \($0.name)" }
        return words.isEmpty ? "nothing" : words.joined(separator: ", ")
    }
}

/// Times in milliseconds.
public struct Latencies: Hashable, Sendable {
    public private(set) var values: [Double] = []

    public init() {}

    public mutating func add(_ value: Double) { values.append(value) }

    public var median: Double? { percentile(50) }
    public var p95: Double? { percentile(95) }
    public var p99: Double? { percentile(99) }

    /// By nearest rank: the smallest value that so many percent of all do not exceed. `percent` is over 0, up to 100; nil without values.
    public func percentile(_ percent: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((percent / 100 * Double(values.count)).rounded(.up))
        return values.sorted()[min(max(rank, 1), values.count) - 1]
    }
}
