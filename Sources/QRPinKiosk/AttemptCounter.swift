import ArgumentParser
import SignInReporting
import Synchronization
import Verifier

/// Counts attempts for `--once`.
final class AttemptCounter: Sendable {
    private let state = Mutex<(count: Int, last: Outcome?)>((0, nil))

    func count(_ outcome: Outcome) { state.withLock { $0 = ($0.count + 1, outcome) } }

    /// Returns when that many attempts have ended and are reported; throws exit code 2 when the last was no sign-in.
    func wait(for count: Int, _ outbox: Outbox) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(100))
            let seen = state.withLock { $0 }
            guard seen.count >= count, try await outbox.count() == 0 else { continue }
            if seen.last != .signedIn { throw ExitCode(2) }
            return
        }
    }
}
