import Credential
public import FoundationEssentials
import LifecycleAPI

extension SQLStore {
    public func takeGuess(
        attemptID: String, kioskID: String, startedAfter oldest: Date, at now: Date,
        fingerprint: @escaping @Sendable (_ codeID: String) -> [UInt8]?
    ) async throws -> (TakenAttempt, Guess)? {
        try await write { transaction in
            guard
                let taken = try transaction.take(attemptID, ofKiosk: kioskID, in: .pin, startedAfter: oldest, at: now)
            else { return nil }
            let codeID = taken.attempt.codeID
            // Nothing can be guessed without a PIN, so nothing is counted.
            guard taken.subject != nil else { return (taken, .repeated) }
            return (
                taken,
                try transaction.takeGuess(codeID: codeID, kioskID: kioskID, fingerprint: fingerprint(codeID), at: now)
            )
        }
    }

    public func takeGuess(codeID: String, kioskID: String, fingerprint: [UInt8]?, at now: Date) async throws -> Guess {
        try await write { try $0.takeGuess(codeID: codeID, kioskID: kioskID, fingerprint: fingerprint, at: now) }
    }

    public func guessedRight(codeID: String, kioskID: String, at now: Date) async throws {
        try await write { try $0.guessedRight(codeID: codeID, kioskID: kioskID, at: now) }
    }

    public func guessedRight(_ attempt: Attempt, signsIn: Bool, rehash: (old: String, new: String)?, at now: Date) async throws {
        try await write { transaction in
            try transaction.guessedRight(codeID: attempt.codeID, kioskID: attempt.kioskID, at: now)
            if let rehash {
                try transaction.execute(
                    "UPDATE pins SET hash = ? WHERE user_id = ? AND hash = ?", rehash.new, attempt.userID, rehash.old)
            }
            if signsIn {
                try transaction.markUsed(codeID: attempt.codeID, userID: attempt.userID, at: now)
            } else {
                try transaction.execute("UPDATE attempts SET stage = ? WHERE id = ?", Attempt.Stage.newPIN.rawValue, attempt.id)
            }
        }
    }

    public func guessedWrong(codeID: String, kioskID: String, fingerprint: [UInt8]?, at now: Date) async throws {
        try await write { transaction in
            let state = try transaction.guesses(codeID: codeID, kioskID: kioskID)
            if let fingerprint, !state.hasSeen(fingerprint) {
                try transaction.execute(
                    "UPDATE code_guesses SET wrong = ? WHERE code_id = ?", state.wrong(adding: fingerprint), codeID)
            }
            try transaction.execute(
                "UPDATE guesses SET last_wrong = ? WHERE code_id = ? AND kiosk_id = ?", now, codeID, kioskID)
            if state.inARow >= Lockout.inARow { try transaction.disable(codeID, at: now) }
            try transaction.coolDown(kioskID: kioskID, at: now)
        }
    }
}

/// What was guessed of a code, at a kiosk and anywhere.
struct Guesses {
    /// Wrong ones in a row at the kiosk.
    let count: Int
    let lockedUntil: Date?
    let lastRight: Date?
    /// Wrong ones at all kiosks where the code was a stranger.
    let elsewhere: Int
    let elsewhereLockedUntil: Date?
    let inARow: Int
    private let wrong: [UInt8]
    private let coolingUntil: Date?

    init(_ row: SQLRow) throws {
        count = try row("count") ?? 0
        lockedUntil = try row("locked_until")
        lastRight = try row("last_right")
        elsewhere = try row("elsewhere") ?? 0
        elsewhereLockedUntil = try row("elsewhere_locked_until")
        inARow = try row("in_a_row") ?? 0
        wrong = try row("wrong") ?? []
        coolingUntil = try row("cooling_until")
    }

    func isFamiliar(at now: Date) -> Bool { lastRight.map { $0 > now.addingTimeInterval(-Lockout.familiarity) } ?? false }

    /// The latest of the locks that hold.
    func lock(at now: Date) -> Date? {
        [lockedUntil, coolingUntil, isFamiliar(at: now) ? nil : elsewhereLockedUntil].compactMap { $0 }.filter { $0 > now }.max()
    }

    func hasSeen(_ fingerprint: [UInt8]) -> Bool {
        stride(from: 0, to: wrong.count, by: Lockout.fingerprintLength).contains {
            wrong[$0...].prefix(Lockout.fingerprintLength).elementsEqual(fingerprint)
        }
    }

    /// The oldest goes when there are too many.
    func wrong(adding fingerprint: [UInt8]) -> [UInt8] {
        Array((wrong + fingerprint).suffix(Lockout.remembered * Lockout.fingerprintLength))
    }
}

extension SQLTransaction {
    func guesses(codeID: String, kioskID: String) throws -> Guesses {
        let row = try row(
            """
            SELECT g.count, g.locked_until, g.last_right, c.elsewhere, c.elsewhere_locked_until, c.in_a_row, c.wrong,
                k.cooling_until
            FROM (SELECT 1 AS one) o LEFT JOIN guesses g ON g.code_id = ? AND g.kiosk_id = ?
                LEFT JOIN code_guesses c ON c.code_id = ? LEFT JOIN coolings k ON k.kiosk_id = ?
            """, codeID, kioskID, codeID, kioskID)
        guard let row else { throw StoreError.damaged("guesses") }
        return try Guesses(row)
    }

    func takeGuess(codeID: String, kioskID: String, fingerprint: [UInt8]?, at now: Date) throws -> Guess {
        let state = try guesses(codeID: codeID, kioskID: kioskID)
        if let until = state.lock(at: now) { return .locked(until: until) }
        if let fingerprint, state.hasSeen(fingerprint) { return .repeated }
        // The last one of a life is still being verified, or the service ended before it was.
        if state.inARow >= Lockout.inARow {
            try disable(codeID, at: now)
            return .locked(until: now.addingTimeInterval(3600))
        }
        let count = state.count + 1
        let elsewhere = state.elsewhere + (state.isFamiliar(at: now) ? 0 : 1)
        let here = GuessLock.seconds(afterGuess: count).map { now.addingTimeInterval($0) }
        // What was guessed where the code is known brings no lock elsewhere.
        let there =
            elsewhere == state.elsewhere
            ? state.elsewhereLockedUntil
            : GuessLock.seconds(afterGuess: elsewhere, limit: Lockout.elsewhere).map { now.addingTimeInterval($0) }
        try execute(
            """
            INSERT INTO guesses (code_id, kiosk_id, count, locked_until) VALUES (?, ?, ?, ?)
            ON CONFLICT (code_id, kiosk_id) DO UPDATE SET count = excluded.count, locked_until = excluded.locked_until
            """, codeID, kioskID, count, here)
        try execute(
            """
            INSERT INTO code_guesses (code_id, elsewhere, elsewhere_locked_until, in_a_row, wrong) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (code_id) DO UPDATE SET elsewhere = excluded.elsewhere,
                elsewhere_locked_until = excluded.elsewhere_locked_until, in_a_row = excluded.in_a_row
            """, codeID, elsewhere, there, state.inARow + 1, [UInt8]())
        return .taken(lockedUntil: [here, elsewhere == state.elsewhere ? nil : there].compactMap { $0 }.max())
    }

    func guessedRight(codeID: String, kioskID: String, at now: Date) throws {
        let wasFamiliar = try guesses(codeID: codeID, kioskID: kioskID).isFamiliar(at: now)
        try execute(
            """
            INSERT INTO guesses (code_id, kiosk_id, count, last_right) VALUES (?, ?, 0, ?)
            ON CONFLICT (code_id, kiosk_id) DO UPDATE SET count = 0, locked_until = NULL, last_wrong = NULL,
                last_right = excluded.last_right
            """, codeID, kioskID, now)
        try execute("UPDATE code_guesses SET in_a_row = 0, wrong = ? WHERE code_id = ?", [UInt8](), codeID)
        if !wasFamiliar {
            try execute(
                "UPDATE code_guesses SET elsewhere = 0, elsewhere_locked_until = NULL WHERE code_id = ?", codeID)
        }
    }

    /// Lifts the locks of a user's codes; where they are known they stay known.
    func forgetGuesses(ofUser userID: String) throws {
        try execute(
            """
            UPDATE guesses SET count = 0, locked_until = NULL, last_wrong = NULL
            WHERE code_id IN (SELECT id FROM codes WHERE user_id = ?)
            """, userID)
        try execute("DELETE FROM code_guesses WHERE code_id IN (SELECT id FROM codes WHERE user_id = ?)", userID)
    }

    /// Revokes a code, not its user: another code works at once.
    func disable(_ codeID: String, at now: Date) throws {
        guard let row = try row("SELECT user_id FROM codes WHERE id = ? AND revoked IS NULL", codeID) else { return }
        let userID: String = try row("user_id")
        try execute("UPDATE codes SET revoked = ? WHERE id = ?", now, codeID)
        try note(.codeRevoked, code: codeID, user: userID)
        try raise(
            .codeDisabled, subject: codeID, user: userID, code: codeID,
            "\(Lockout.inARow) wrong PINs in a row: the code is revoked. Give the person another one.", at: now)
    }

    func coolDown(kioskID: String, at now: Date) throws {
        let failing: Int? = try row(
            "SELECT count(*) AS failing FROM guesses WHERE kiosk_id = ? AND last_wrong > ?", kioskID,
            now.addingTimeInterval(-GuessLock.failingTime))?("failing")
        guard let failing, failing >= GuessLock.failingBadges else { return }
        try execute(
            """
            INSERT INTO coolings (kiosk_id, cooling_until) VALUES (?, ?)
            ON CONFLICT (kiosk_id) DO UPDATE SET cooling_until = excluded.cooling_until
            """, kioskID, now.addingTimeInterval(GuessLock.coolingTime))
        try raise(
            .kioskGuessing, subject: kioskID, kiosk: kioskID,
            "Wrong PINs of \(failing) badges within ten minutes: the kiosk takes no PIN for five. See who stands there.", at: now)
    }
}
