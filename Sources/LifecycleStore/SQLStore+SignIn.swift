public import FoundationEssentials

// MARK: Attempts

extension SQLStore {
    public func start(_ attempt: Attempt) async throws {
        try await write { transaction in
            // An attempt is of no use after minutes; a day keeps a replayed id out far beyond the life of its nonce.
            try transaction.execute("DELETE FROM attempts WHERE started < ?", attempt.started.addingTimeInterval(-86_400))
            let added = try transaction.execute(
                """
                INSERT INTO attempts (id, kiosk_id, code_id, user_id, started, stage) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """, attempt.id, attempt.kioskID, attempt.codeID, attempt.userID, attempt.started, Attempt.Stage.pin.rawValue)
            if added == 0 { throw StoreError.exists(attempt.id) }
        }
    }

    public func take(
        _ id: String, ofKiosk kioskID: String, in stage: Attempt.Stage, startedAfter oldest: Date
    ) async throws -> Attempt? {
        try await write { transaction in
            let row = try transaction.row(
                "SELECT * FROM attempts WHERE id = ? AND kiosk_id = ? AND stage = ? AND started > ?", id, kioskID, stage.rawValue,
                oldest)
            try transaction.execute(
                "UPDATE attempts SET stage = ? WHERE id = ? AND kiosk_id = ?", Attempt.Stage.finished.rawValue, id, kioskID)
            return try row.map {
                Attempt(
                    id: try $0("id"), kioskID: try $0("kiosk_id"), codeID: try $0("code_id"), userID: try $0("user_id"),
                    started: try $0("started"))
            }
        }
    }

    public func move(_ id: String, to stage: Attempt.Stage) async throws {
        try await write { transaction in
            try transaction.execute("UPDATE attempts SET stage = ? WHERE id = ?", stage.rawValue, id)
        }
    }
}

// MARK: Guesses

extension SQLStore {
    public func takeGuess(codeID: String, kioskID: String, at now: Date) async throws -> Guess {
        try await write { transaction in
            let row = try transaction.row(
                "SELECT count, locked_until FROM guesses WHERE code_id = ? AND kiosk_id = ?", codeID, kioskID)
            if let lockedUntil: Date = try row?("locked_until"), lockedUntil > now { return .locked(until: lockedUntil) }
            let count = (try row?("count") ?? 0) + 1
            let until = Lockout.seconds(afterGuess: count).map { now.addingTimeInterval($0) }
            try transaction.execute(
                """
                INSERT INTO guesses (code_id, kiosk_id, count, locked_until) VALUES (?, ?, ?, ?)
                ON CONFLICT (code_id, kiosk_id) DO UPDATE SET count = excluded.count, locked_until = excluded.locked_until
                """, codeID, kioskID, count, until)
            return .taken(lockedUntil: until)
        }
    }

    public func lockedUntil(codeID: String, kioskID: String, at now: Date) async throws -> Date? {
        try await read {
            try $0.row(
                "SELECT locked_until FROM guesses WHERE code_id = ? AND kiosk_id = ? AND locked_until > ?", codeID, kioskID, now
            )?("locked_until")
        }
    }

    public func forgetGuesses(codeID: String, kioskID: String) async throws {
        try await write { transaction in
            try transaction.execute("DELETE FROM guesses WHERE code_id = ? AND kiosk_id = ?", codeID, kioskID)
        }
    }

    public func markUsed(codeID: String, userID: String, at now: Date) async throws {
        try await write { transaction in
            try transaction.execute("UPDATE codes SET last_used = ? WHERE id = ?", now, codeID)
            try transaction.execute("UPDATE methods SET last_used = ? WHERE user_id = ?", now, userID)
        }
    }
}

// MARK: Events

extension SQLStore {
    public func append(_ events: [StoredEvent]) async throws -> [String] {
        try await write { transaction in
            for event in events {
                try transaction.execute(
                    """
                    INSERT INTO events (
                        id, kiosk_id, kiosk_sequence, occurred, received, result, upn, user_id, qr_code_id, clock_trusted)
                    VALUES (
                        ?, ?, ?, ?, ?, ?, ?,
                        coalesce((SELECT user_id FROM codes WHERE id = ?), (SELECT id FROM users WHERE upn_key = ?)), ?, ?)
                    ON CONFLICT (id) DO NOTHING
                    """, event.id, event.kioskID, event.kioskSequence, event.occurred, event.received, event.result,
                    event.userPrincipalName, event.qrCodeID, event.userPrincipalName?.lowercased(), event.qrCodeID,
                    event.clockTrusted)
            }
            return events.map(\.id)
        }
    }

    public func events(_ query: EventQuery) async throws -> [StoredEvent] {
        var conditions = SQLConditions()
        for name in query.userPrincipalNames { conditions.add("upn", equals: name) }
        for prefix in query.userPrincipalNamePrefixes { conditions.add("upn", startsWith: prefix) }
        for id in query.userIDs { conditions.add("user_id = ?", id.lowercased()) }
        for kiosk in query.kioskIDs { conditions.add("kiosk_id = ?", kiosk) }
        for results in query.results { conditions.add("result", in: results) }
        let (sql, values) = conditions.ended(by: query.range)
        return try await read { try $0.rows("SELECT * FROM events " + sql, values).map(StoredEvent.init) }
    }
}

extension SQLStore {
    public func event(_ id: String) async throws -> StoredEvent? {
        try await read { try $0.row("SELECT * FROM events WHERE id = ?", id).map(StoredEvent.init) }
    }
}

extension StoredEvent {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), kioskID: try row("kiosk_id"), kioskSequence: try row("kiosk_sequence"),
            occurred: try row("occurred"), received: try row("received"), result: try row("result"),
            userPrincipalName: try row("upn"), userID: try row("user_id"), qrCodeID: try row("qr_code_id"),
            clockTrusted: try row("clock_trusted"))
    }
}
