import Synchronization

/// What the kiosk has shown, line by line.
final class KioskScreen: Sendable {
    struct Line: Sendable {
        let text: String
        let shown: ContinuousClock.Instant
    }

    private let lines = Mutex<[Line]>([])

    func add(_ text: String) { lines.withLock { $0.append(Line(text: text, shown: .now)) } }

    /// How many lines there are, as a mark for ``next(after:within:_:)``.
    var count: Int { lines.withLock { $0.count } }

    var newest: String { lines.withLock { $0.last?.text ?? "" } }

    /// The first line from number `mark` on that is as wanted, and its number; nil when none came in time.
    func next(
        after mark: Int, within limit: Duration, _ isWanted: @Sendable (String) -> Bool
    ) async throws -> (line: Line, number: Int)? {
        let end = ContinuousClock.now + limit
        var number = mark
        while true {
            let line = lines.withLock { number < $0.count ? $0[number] : nil }
            if let line {
                if isWanted(line.text) { return (line, number) }
                number += 1
            } else if ContinuousClock.now < end {
                // When it was shown stands in the line, so this look may come late.
                try await Task.sleep(for: .milliseconds(5))
            } else {
                return nil
            }
        }
    }

    /// What a line means for the person who reads it.
    enum Meaning: Hashable, Sendable {
        case ready, outOfOrder
        case checking
        case pin, newPIN
        case result(isSignedIn: Bool)
    }

    static func meaning(of line: String) -> Meaning {
        if line.hasPrefix("Hold up your badge.") { return .ready }
        if line.hasPrefix("Out of order:") { return .outOfOrder }
        if line.hasPrefix("Checking") || line.hasPrefix("This takes longer") { return .checking }
        if line.contains("Type your PIN, then") { return .pin }
        if line.contains("Choose a new PIN of") || line.contains("Type the new PIN again") { return .newPIN }
        return .result(isSignedIn: line.hasSuffix("You are signed in."))
    }
}
