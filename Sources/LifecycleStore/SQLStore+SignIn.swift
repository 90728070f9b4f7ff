public import FoundationEssentials
public import LifecycleAPI

// MARK: Attempts

extension SQLStore {
    public func start(_ attempt: Attempt, with card: CardUse?) async throws {
        try await write { transaction in
            // An attempt is of no use after minutes; a day keeps a replayed id out far beyond the life of its nonce.
            try transaction.execute("DELETE FROM attempts WHERE started < ?", attempt.started.addingTimeInterval(-86_400))
            let added = try transaction.execute(
                """
                INSERT INTO attempts (id, kiosk_id, code_id, user_id, started, stage) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """, attempt.id, attempt.kioskID, attempt.codeID, attempt.userID, attempt.started, Attempt.Stage.pin.rawValue)
            if added == 0 { throw StoreError.exists(attempt.id) }
            if let card { try transaction.take(card, ofCode: attempt.codeID) }
        }
    }

    public func facts(ofCode codeID: String, kioskID: String, at now: Date) async throws -> SignInFacts? {
        try await read { transaction in
            guard try transaction.isAdmitted(kioskID: kioskID) else { return nil }
            // The same is asked for every code, known or not, so that the work does not tell them apart.
            let row = try transaction.row("SELECT * FROM codes WHERE id = ? AND revoked IS NULL", codeID)
            let userID: String = try row?("user_id") ?? ""
            let user = try transaction.row("SELECT * FROM users WHERE id = ?", userID).map(User.init)
            let pin = try transaction.row("SELECT * FROM pins WHERE user_id = ?", userID).map(StoredPIN.init)
            let lock = try transaction.guesses(codeID: codeID, kioskID: kioskID).lock(at: now)
            let card = try transaction.card(ofCode: codeID)
            let policy = try transaction.policy()
            guard let row, let user, let pin else { return SignInFacts(badge: nil, policy: policy, card: nil, lockedUntil: lock) }
            return SignInFacts(badge: (try Code(row), user, pin), policy: policy, card: card, lockedUntil: lock)
        }
    }

    public func takeNewPIN(
        attemptID: String, kioskID: String, startedAfter oldest: Date, at now: Date
    ) async throws -> TakenAttempt? {
        try await write {
            try $0.take(attemptID, ofKiosk: kioskID, in: .newPIN, startedAfter: oldest, at: now)
        }
    }

    public func markUsed(codeID: String, userID: String, at now: Date) async throws {
        try await write { try $0.markUsed(codeID: codeID, userID: userID, at: now) }
    }
}

extension SQLTransaction {
    /// Ends the attempt, unless it is moved on; nil when it was not to be taken.
    func take(
        _ id: String, ofKiosk kioskID: String, in stage: Attempt.Stage, startedAfter oldest: Date, at now: Date
    ) throws -> TakenAttempt? {
        let row = try row(
            "SELECT * FROM attempts WHERE id = ? AND kiosk_id = ? AND stage = ? AND started > ?", id, kioskID, stage.rawValue,
            oldest)
        try execute(
            "UPDATE attempts SET stage = ? WHERE id = ? AND kiosk_id = ?", Attempt.Stage.finished.rawValue, id, kioskID)
        guard let attempt = try row.map(Attempt.init) else { return nil }
        let isInForce = try isInForce(attempt.codeID, at: now)
        let user = try self.row("SELECT * FROM users WHERE id = ?", attempt.userID).map(User.init)
        let pin = try self.row("SELECT * FROM pins WHERE user_id = ?", attempt.userID).map(StoredPIN.init)
        guard isInForce, let user, user.isEnabled, let pin else {
            return TakenAttempt(attempt: attempt, subject: nil, policy: try policy())
        }
        return TakenAttempt(attempt: attempt, subject: (user, pin), policy: try policy())
    }

    func markUsed(codeID: String, userID: String, at now: Date) throws {
        try execute("UPDATE codes SET last_used = ? WHERE id = ?", now, codeID)
        try execute("UPDATE methods SET last_used = ? WHERE user_id = ?", now, userID)
    }
}

extension Attempt {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), kioskID: try row("kiosk_id"), codeID: try row("code_id"), userID: try row("user_id"),
            started: try row("started"))
    }
}

// MARK: Events

extension SQLStore {
    public func append(
        _ events: [StoredEvent], sign: @escaping @Sendable (ChainHead) throws -> String
    ) async throws -> String? {
        guard let first = events.first else { return nil }
        return try await write { transaction in
            let kiosk = try transaction.kiosk(first.kioskID)
            var head = kiosk?.chain ?? .start
            for event in events {
                if try transaction.insert(event) {
                    try transaction.follow(event, with: &head)
                } else {
                    try transaction.compare(event)
                }
            }
            // All of them were known before: what was signed then still holds.
            if head == kiosk?.chain, let checkpoint = kiosk?.checkpoint { return checkpoint }
            let checkpoint = try sign(head)
            try transaction.execute(
                "UPDATE kiosks SET chain_sequence = ?, chain_hash = ?, checkpoint = ?, last_seen = ? WHERE id = ?", head.sequence,
                head.hash, checkpoint, first.received, first.kioskID)
            return checkpoint
        }
    }

    public func chain(ofKiosk kioskID: String, after place: ChainPlace?, limit: Int) async throws -> [StoredEvent] {
        let sql = """
            SELECT * FROM events WHERE kiosk_id = ? AND (kiosk_sequence, id) > (?, ?) ORDER BY kiosk_sequence, id LIMIT ?
            """
        return try await read {
            try $0.rows(sql, kioskID, place?.sequence ?? .min, place?.id ?? "", limit).map(StoredEvent.init)
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
            clockTrusted: try row("clock_trusted"), verifiedOffline: try row("verified_offline"),
            previousHash: try row("previous_hash"), hash: try row("hash"))
    }
}

extension SQLTransaction {
    /// False when an event of this id is there already.
    fileprivate func insert(_ event: StoredEvent) throws -> Bool {
        try execute(
            """
            INSERT INTO events (
                id, kiosk_id, kiosk_sequence, occurred, received, result, upn, user_id, qr_code_id, clock_trusted,
                verified_offline, previous_hash, hash)
            VALUES (
                ?, ?, ?, ?, ?, ?, ?,
                coalesce((SELECT user_id FROM codes WHERE id = ?), (SELECT id FROM users WHERE upn_key = ?)), ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO NOTHING
            """, event.id, event.kioskID, event.kioskSequence, event.occurred, event.received, event.result,
            event.userPrincipalName, event.qrCodeID, event.userPrincipalName?.lowercased(), event.qrCodeID, event.clockTrusted,
            event.verifiedOffline, event.previousHash, event.hash) > 0
    }

    fileprivate func follow(_ event: StoredEvent, with head: inout ChainHead) throws {
        guard let reported = event.reported else { throw StoreError.damaged("result") }
        let expected = head
        let (kind, what): (AlertKind, String)
        switch head.take(reported) {
        case .next: return
        case .altered: (kind, what) = (.eventAltered, "does not have the hash of what it says")
        case .gap: (kind, what) = (.eventGap, "came after number \(expected.sequence): those between are missing")
        case .fork: (kind, what) = (.eventFork, "does not follow number \(expected.sequence), the last one before it")
        }
        try raise(
            kind, subject: event.kioskID, kiosk: event.kioskID, "Event \(event.id), number \(event.kioskSequence), \(what).",
            at: event.received)
    }

    /// The same event again is nothing; another one under its id is worth an alert.
    fileprivate func compare(_ event: StoredEvent) throws {
        let isSame =
            try row(
                "SELECT id FROM events WHERE id = ? AND kiosk_id = ? AND hash = ?", event.id, event.kioskID, event.hash) != nil
        if isSame { return }
        try raise(
            .eventConflict, subject: event.kioskID, kiosk: event.kioskID,
            "Event \(event.id) came again with another content; the first one is kept.", at: event.received)
    }
}
