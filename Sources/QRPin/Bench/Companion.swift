import ArgumentParser
import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside this one, can be killed and started again, and ends when this one does, however that ends.
final class Companion: Sendable {
    private struct State {
        var isWanted = true
        var process: pid_t?
    }

    private let program: String
    private let arguments: @Sendable () -> [String]
    private let log: String
    private let hear: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Standard error goes to the end of the file `log`; `hear` is told each line of standard output.
    init(
        _ program: String, _ arguments: @escaping @autoclosure @Sendable () -> [String], log: String,
        hear: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.program = program
        self.arguments = arguments
        self.log = log
        self.hear = hear
    }

    var process: pid_t? { state.withLock { $0.process } }

    /// Runs it until this is cancelled. Throws when it ends though nobody told it to.
    func run() async throws {
        while true {
            guard state.withLock({ $0.isWanted }) else {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            let status = try await runOnce()
            state.withLock { $0.process = nil }
            try Task.checkCancellation()
            guard state.withLock({ $0.isWanted }) else { continue }
            throw CompanionError(program: program, status: "\(status)", log: Self.end(of: log))
        }
    }

    /// Ends it as a power cut does, and keeps it down until ``start()``.
    func kill() async throws {
        let process = state.withLock { state in
            state.isWanted = false
            return state.process
        }
        if let process { Glibc.kill(process, SIGKILL) }
        while self.process != nil { try await Task.sleep(for: .milliseconds(10)) }
    }

    func start() { state.withLock { $0.isWanted = true } }

    private func runOnce() async throws -> TerminationStatus {
        let descriptor = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.append, .create], permissions: .ownerReadWrite)
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let result = try await Subprocess.run(
            Self.executable, arguments: Self.arguments(program, arguments()), platformOptions: options, input: .none,
            output: .sequence, error: .fileDescriptor(descriptor, closeAfterSpawningProcess: true)
        ) { execution in
            state.withLock { $0.process = execution.processIdentifier.value }
            for try await line in execution.standardOutput.strings() { hear(line) }
        }
        return result.terminationStatus
    }

    /// setpriv asks the kernel to end the program when its parent ends (`man 2 PR_SET_PDEATHSIG`), and becomes it.
    static let executable = Executable.name("setpriv")

    static func arguments(_ program: String, _ arguments: [String]) -> Arguments {
        Arguments(["--pdeathsig", "TERM", "--", program] + arguments)
    }

    private static func end(of log: String) -> String {
        let text = (try? String(contentsOf: URL(filePath: log), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "\n")
    }
}

/// A program that ended too soon.
struct CompanionError: Error, CustomStringConvertible {
    let program: String
    let status: String
    let log: String

    var description: String { "\(program) ended: \(status). Its log's end:\n\(log)" }
}
