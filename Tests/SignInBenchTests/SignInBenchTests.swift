import Testing

@testable import SignInBench

struct MeasurementTests {
    private func measurement(rounds: Int, reads: Int, outcomes: [String]) -> Measurement {
        var measured = Measurement()
        (measured.rounds, measured.reads, measured.outcomes) = (rounds, reads, outcomes)
        return measured
    }

    @Test func `a percentile is the smallest value that so many percent do not exceed`() {
        var latencies = Latencies()
        #expect(latencies.median == nil)
        for value in (1...20).shuffled() { latencies.add(Double(value)) }
        #expect(latencies.median == 10)
        #expect(latencies.p95 == 19)
        #expect(latencies.p99 == 20)
        #expect(latencies.percentile(100) == 20)
    }

    @Test func `what the log has must be what was expected, in order`() throws {
        let scenario = try Scenario(yaml: "name: a\nrounds: 2\nexpect: {outcome: wrongPIN}", file: "a.yaml")
        let right = measurement(rounds: 2, reads: 2, outcomes: ["wrongPIN", "wrongPIN"])
        #expect(ScenarioResult(scenario, right).verdict == .passed)
        let wrong = measurement(rounds: 2, reads: 2, outcomes: ["wrongPIN", "signedIn"])
        #expect(
            ScenarioResult(scenario, wrong).failures == ["the sign-in log has wrongPIN, signedIn, not 2 wrongPIN"])
        let doubled = measurement(rounds: 2, reads: 2, outcomes: ["wrongPIN", "wrongPIN", "wrongPIN"])
        #expect(ScenarioResult(scenario, doubled).failures == ["the sign-in log has 3 wrongPIN, not 2 wrongPIN"])
    }

    @Test func `a missed badge leaves no event, and counts against the read rate`() throws {
        let scenario = try Scenario(yaml: "name: a\nrounds: 4\nexpect: {readRate: 0.7}", file: "a.yaml")
        let three = measurement(rounds: 4, reads: 3, outcomes: ["signedIn", "signedIn", "signedIn"])
        #expect(ScenarioResult(scenario, three).verdict == .passed)
        let two = measurement(rounds: 4, reads: 2, outcomes: ["signedIn", "signedIn"])
        #expect(ScenarioResult(scenario, two).failures == ["read rate: 0.5, not at least 0.7"])
    }

    @Test func `a badge that is not to be read fails when it is`() throws {
        let scenario = try Scenario(yaml: "name: dark\nexpect: {outcome: none}", file: "a.yaml")
        #expect(ScenarioResult(scenario, measurement(rounds: 1, reads: 0, outcomes: [])).verdict == .passed)
        let read = ScenarioResult(scenario, measurement(rounds: 1, reads: 1, outcomes: ["signedIn"]))
        #expect(read.failures == ["the sign-in log has signedIn, not nothing", "1 of 1 badges were read, not none"])
    }

    @Test func `a limit that was not measured is not met`() throws {
        let scenario = try Scenario(
            yaml: "name: a\nexpect: {readP95: 1000, resultP95: 500, signInsPerMinute: 10}", file: "a.yaml")
        var measured = measurement(rounds: 1, reads: 1, outcomes: ["signedIn"])
        #expect(ScenarioResult(scenario, measured).failures.count == 3)
        measured.readLatencies.add(1000)
        measured.resultLatencies.add(501)
        (measured.signIns, measured.seconds) = (1, 6)
        #expect(
            ScenarioResult(scenario, measured).failures
                == ["95th percentile from key to result: 501.0 ms, not at most 500.0 ms"])
    }

    @Test func `JUnit has a case for each scenario, a failure or a reason to skip, and no stray mark-up`() throws {
        var report = BenchReport(path: "memory")
        let scenario = try Scenario(yaml: "name: \"a <b> & \\\"c\\\"\"", file: "a.yaml")
        report.add(ScenarioResult(scenario, measurement(rounds: 1, reads: 1, outcomes: ["signedIn"])))
        #expect(!report.hasFailed)
        report.add(ScenarioResult(scenario, measurement(rounds: 1, reads: 0, outcomes: [])))
        report.add(ScenarioResult(scenario, skipped: "no camera"))
        #expect(report.hasFailed)
        let name = #"classname="qrpin.bench.memory" name="a &lt;b&gt; &amp; &quot;c&quot;" file="a.yaml""#
        #expect(
            report.junit == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="qrpin bench" tests="3" failures="1" errors="0" skipped="1">
                  <testcase \(name) time="0.0"/>
                  <testcase \(name) time="0.0">
                    <failure message="read rate: 0.0, not at least 1.0"/>
                  </testcase>
                  <testcase \(name) time="0.0">
                    <skipped message="no camera"/>
                  </testcase>
                </testsuite>

                """)
        #expect(report.table.map { $0[1] } == ["VERDICT", "passed", "FAILED", "skipped"])
    }
}
