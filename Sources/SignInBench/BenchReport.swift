public import FoundationEssentials

/// The results of a run, for people and for machines.
public struct BenchReport: Sendable {
    /// How the frames came to the kiosk: `memory`, `v4l2` or `screen`.
    public let path: String
    public private(set) var results: [ScenarioResult] = []

    public init(path: String) { self.path = path }

    public mutating func add(_ result: ScenarioResult) { results.append(result) }

    public var hasFailed: Bool { results.contains { !$0.failures.isEmpty } }

    /// Rows of a table, its heading first. Times are in milliseconds, as median, 95th and 99th percentile.
    public var table: [[String]] {
        let heading = [
            "SCENARIO", "VERDICT", "ROUNDS", "READ RATE", "MISSES", "BADGE TO ANSWER p50/95/99 ms", "KEY TO RESULT p50/95/99 ms",
            "SIGN-INS/min",
        ]
        return [heading]
            + results.map { result in
                let measured = result.measured
                return [
                    result.scenario.name, result.verdict.word, "\(measured.rounds)",
                    measured.readRate.map { "\(Int(($0 * 100).rounded(.down))) %" } ?? "–", "\(measured.misses)",
                    measured.readLatencies.text, measured.resultLatencies.text,
                    measured.signInsPerMinute.map { "\(($0 * 10).rounded() / 10)" } ?? "–",
                ]
            }
    }

    /// A file of JUnit's form, one test case a scenario.
    public var junit: String {
        let failed = results.count { !$0.failures.isEmpty }
        let skipped = results.count { if case .skipped = $0.verdict { true } else { false } }
        let cases = results.map { result in
            let scenario = result.scenario
            let head =
                #"  <testcase classname="qrpin.bench.\#(path)" name="\#(Self.escaped(scenario.name))" "#
                + #"file="\#(Self.escaped(scenario.file))" time="\#(result.measured.seconds)""#
            return switch result.verdict {
            case .passed: head + "/>\n"
            case .failed(let reasons):
                head + ">\n    <failure message=\"\(Self.escaped(reasons.joined(separator: "; ")))\"/>\n  </testcase>\n"
            case .skipped(let reason): head + ">\n    <skipped message=\"\(Self.escaped(reason))\"/>\n  </testcase>\n"
            }
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="qrpin bench" tests="\(results.count)" failures="\(failed)" errors="0" skipped="\(skipped)">

            """ + cases.joined() + "</testsuite>\n"
    }

    /// `{"path": …, "passed": …, "scenarios": [{"name", "file", "verdict", "reasons", "rounds", …}]}`; times are in milliseconds.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(ReportFile(self)) + Data("\n".utf8)
    }

    /// Text as an attribute's value (XML 1.0 §2.2, §2.4): what XML has no character for becomes a replacement character.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t", "\r": result += "&#\(scalar.value);"
            case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension ScenarioResult.Verdict {
    public var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "FAILED"
        case .skipped: "skipped"
        }
    }
}

extension Latencies {
    var text: String {
        let parts = [median, p95, p99].compactMap { $0 }.map { "\(Int($0.rounded()))" }
        return parts.isEmpty ? "–" : parts.joined(separator: " / ")
    }
}

/// The form of ``BenchReport/json()``.
private struct ReportFile: Encodable {
    struct Times: Encodable {
        var count: Int
        var median: Double?
        var p95: Double?
        var p99: Double?

        init(_ latencies: Latencies) {
            (count, median, p95, p99) = (latencies.values.count, latencies.median, latencies.p95, latencies.p99)
        }
    }

    struct Entry: Encodable {
        var name: String
        var file: String
        var verdict: String
        var reasons: [String]
        var rounds: Int
        var reads: Int
        var misses: Int
        var readRate: Double?
        var badgeToAnswer: Times
        var keyToResult: Times
        var signIns: Int
        var signInsPerMinute: Double?
        var seconds: Double
        var outcomes: [String]

        init(_ result: ScenarioResult) {
            let measured = result.measured
            (name, file, verdict) = (result.scenario.name, result.scenario.file, result.verdict.word.lowercased())
            reasons = if case .skipped(let reason) = result.verdict { [reason] } else { result.failures }
            (rounds, reads, misses, readRate) = (measured.rounds, measured.reads, measured.misses, measured.readRate)
            (badgeToAnswer, keyToResult) = (Times(measured.readLatencies), Times(measured.resultLatencies))
            (signIns, signInsPerMinute) = (measured.signIns, measured.signInsPerMinute)
            (seconds, outcomes) = (measured.seconds, measured.outcomes)
        }
    }

    var path: String
    var passed: Bool
    var scenarios: [Entry]

    init(_ report: BenchReport) {
        (path, passed, scenarios) = (report.path, !report.hasFailed, report.results.map(Entry.init))
    }
}
