public import FoundationEssentials

/// Sign-ins: attempts, guesses of PINs, and the events that kiosks report.
public protocol SignInRepository: Sendable {
    /// Throws ``StoreError/exists(_:)`` when the attempt was started before.
    func start(_ attempt: Attempt) async throws
    /// Takes the attempt out of a stage, once, whoever asks first; nil when it is not this kiosk's, not in that stage, or older than `oldest`.
    func take(_ id: String, ofKiosk kioskID: String, in stage: Attempt.Stage, startedAfter oldest: Date) async throws -> Attempt?
    func move(_ id: String, to stage: Attempt.Stage) async throws
    /// Counts a guess before it is verified, so that guesses side by side cannot pass the limit (design §4).
    func takeGuess(codeID: String, kioskID: String, at now: Date) async throws -> Guess
    func lockedUntil(codeID: String, kioskID: String, at now: Date) async throws -> Date?
    func forgetGuesses(codeID: String, kioskID: String) async throws
    /// Sets `lastUsed` of the code and its method.
    func markUsed(codeID: String, userID: String, at now: Date) async throws

    /// The ids that are kept now: those new and those known before.
    func append(_ events: [StoredEvent]) async throws -> [String]
    func events(_ query: EventQuery) async throws -> [StoredEvent]
    func event(_ id: String) async throws -> StoredEvent?
}

/// 5 wrong PINs of a code at a kiosk, then 30 s, doubling to an hour (design §4).
enum Lockout {
    static let freeGuesses = 5

    /// The lock that the nth guess in a row brings if it is wrong, in seconds.
    static func seconds(afterGuess number: Int) -> TimeInterval? {
        number < freeGuesses ? nil : TimeInterval(min(3600, 30 << min(number - freeGuesses, 7)))
    }
}
