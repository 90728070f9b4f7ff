import Glibc
import SignInBench

/// What a person sees while the bench runs, on the error output: each scenario's end, and on a terminal each round.
struct BenchProgress: Sendable {
    let count: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(count: Int) { self.count = count }

    func round(_ text: String) {
        if isTerminal { printError("\r\u{1B}[K\(text)") }
    }

    func ended(_ result: ScenarioResult) {
        let seconds = (result.measured.seconds * 10).rounded() / 10
        printError((isTerminal ? "\r\u{1B}[K" : "") + "\(result.verdict.word)  \(result.scenario.name) (\(seconds) s)\n")
    }
}
