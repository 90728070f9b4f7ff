public import FoundationEssentials

/// Wrong PINs and the locks that they bring (design §4).
public protocol LockoutRepository: Sendable {
    /// Takes the attempt out of stage `pin`, once, whoever asks first, and counts a guess as wrong before it is verified, so that guesses
    /// side by side cannot pass a limit.
    ///
    /// Nil when the attempt is not this kiosk's, not in that stage, or older than `oldest`. `fingerprint` makes a code's id to the
    /// fingerprint of the PIN that was typed.
    func takeGuess(
        attemptID: String, kioskID: String, startedAfter oldest: Date, at now: Date,
        fingerprint: @escaping @Sendable (_ codeID: String) -> [UInt8]?
    ) async throws -> (TakenAttempt, Guess)?
    /// The same without an attempt.
    func takeGuess(codeID: String, kioskID: String, fingerprint: [UInt8]?, at now: Date) async throws -> Guess
    /// Takes back the counts of the guesses that were wrong before.
    func guessedRight(codeID: String, kioskID: String, at now: Date) async throws
    /// The same for an attempt, which signs in or goes on to stage `newPIN`; `rehash` replaces the PIN's hash if it is still the old one.
    func guessedRight(_ attempt: Attempt, signsIn: Bool, rehash: (old: String, new: String)?, at now: Date) async throws
    /// Remembers the fingerprint; revokes the code when this was the last guess of its life, and has the kiosk cool down when the PINs of too
    /// many badges were wrong there.
    func guessedWrong(codeID: String, kioskID: String, fingerprint: [UInt8]?, at now: Date) async throws
}

/// Whether a PIN may be tried.
public enum Guess: Hashable, Sendable {
    /// It is counted already; when it is wrong and was the last, the lock holds until then.
    case taken(lockedUntil: Date?)
    /// One of the last wrong PINs again: it is not counted.
    case repeated
    case locked(until: Date)
}

/// The numbers of the lockout that the service alone needs; the others are `GuessLock`'s.
public enum Lockout {
    /// Wrong PINs of a code at all kiosks where it is a stranger until it locks at those.
    static let elsewhere = 10
    /// A code is known where its PIN was right within this time: 30 days.
    static let familiarity: TimeInterval = 30 * 86_400
    /// Wrong PINs of a code in a row until it is revoked.
    static let inARow = 100
    /// Distinct wrong PINs that are remembered.
    static let remembered = 3
    /// The bytes of a fingerprint.
    public static let fingerprintLength = 16
}
