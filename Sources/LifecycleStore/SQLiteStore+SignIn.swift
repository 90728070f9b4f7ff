public import FoundationEssentials
import GRDB

extension SQLiteStore {
    // MARK: Attempts

    public func start(_ attempt: Attempt) async throws {
        try await pool.write { db in
            // An attempt is of no use after minutes; a day keeps a replayed id out far beyond the life of its nonce.
            try db.execute(
                sql: "DELETE FROM attempt WHERE started < ?", arguments: [attempt.started.addingTimeInterval(-86_400)])
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM attempt WHERE id = ?", arguments: [attempt.id]) == nil else {
                throw StoreError.exists(attempt.id)
            }
            try db.execute(
                sql: "INSERT INTO attempt (id, kioskID, codeID, userID, started, stage) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    attempt.id, attempt.kioskID, attempt.codeID, attempt.userID, attempt.started, Attempt.Stage.pin.rawValue,
                ])
        }
    }

    public func take(
        _ id: String, ofKiosk kioskID: String, in stage: Attempt.Stage, startedAfter oldest: Date
    ) async throws -> Attempt? {
        try await pool.write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM attempt WHERE id = ? AND kioskID = ? AND stage = ? AND started > ?",
                arguments: [id, kioskID, stage.rawValue, oldest])
            try db.execute(
                sql: "UPDATE attempt SET stage = ? WHERE id = ? AND kioskID = ?",
                arguments: [Attempt.Stage.finished.rawValue, id, kioskID])
            return row.map {
                Attempt(
                    id: $0["id"], kioskID: $0["kioskID"], codeID: $0["codeID"], userID: $0["userID"], started: $0["started"])
            }
        }
    }

    public func move(_ id: String, to stage: Attempt.Stage) async throws {
        try await pool.write { db in
            try db.execute(sql: "UPDATE attempt SET stage = ? WHERE id = ?", arguments: [stage.rawValue, id])
        }
    }

    // MARK: Guesses

    public func takeGuess(codeID: String, kioskID: String, at now: Date) async throws -> Guess {
        try await pool.write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT count, lockedUntil FROM guess WHERE codeID = ? AND kioskID = ?", arguments: [codeID, kioskID])
            let lockedUntil: Date? = row?["lockedUntil"]
            if let lockedUntil, lockedUntil > now { return .locked(until: lockedUntil) }
            let count = (row?["count"] ?? 0) + 1
            let until = Lockout.seconds(afterGuess: count).map { now.addingTimeInterval($0) }
            try db.execute(
                sql: "INSERT OR REPLACE INTO guess (codeID, kioskID, count, lockedUntil) VALUES (?, ?, ?, ?)",
                arguments: [codeID, kioskID, count, until])
            return .taken(lockedUntil: until)
        }
    }

    public func lockedUntil(codeID: String, kioskID: String, at now: Date) async throws -> Date? {
        try await pool.read { db in
            try Date.fetchOne(
                db, sql: "SELECT lockedUntil FROM guess WHERE codeID = ? AND kioskID = ? AND lockedUntil > ?",
                arguments: [codeID, kioskID, now])
        }
    }

    public func forgetGuesses(codeID: String, kioskID: String) async throws {
        try await pool.write { db in
            try db.execute(sql: "DELETE FROM guess WHERE codeID = ? AND kioskID = ?", arguments: [codeID, kioskID])
        }
    }

    public func markUsed(codeID: String, userID: String, at now: Date) async throws {
        try await pool.write { db in
            try db.execute(sql: "UPDATE code SET lastUsed = ? WHERE id = ?", arguments: [now, codeID])
            try db.execute(sql: "UPDATE method SET lastUsed = ? WHERE userID = ?", arguments: [now, userID])
        }
    }

    // MARK: Events

    public func append(_ events: [StoredEvent]) async throws -> [String] {
        try await pool.write { db in
            for event in events {
                try db.execute(
                    sql: """
                        INSERT OR IGNORE INTO event
                        (id, kioskID, kioskSequence, occurred, received, result, upn, qrCodeID, clockTrusted)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        event.id, event.kioskID, event.kioskSequence, event.occurred, event.received, event.result,
                        event.userPrincipalName, event.qrCodeID, event.clockTrusted,
                    ])
            }
            return events.map(\.id)
        }
    }

    public func events(_ query: EventQuery) async throws -> [StoredEvent] {
        var conditions: [SQL] = []
        for (comparison, date) in query.occurred { conditions.append("occurred \(sql: comparison.rawValue) \(date)") }
        for name in query.userPrincipalNames { conditions.append("upn = \(name) COLLATE NOCASE") }
        for prefix in query.userPrincipalNamePrefixes {
            conditions.append("substr(upn, 1, length(\(prefix))) = \(prefix) COLLATE NOCASE")
        }
        for kiosk in query.kioskIDs { conditions.append("kioskID = \(kiosk)") }
        for results in query.results { conditions.append("result IN \(results)") }
        let (direction, comparison) = query.isAscending ? ("ASC", ">") : ("DESC", "<")
        if let place = query.after {
            conditions.append("(occurred, id) \(sql: comparison) (\(place.occurred), \(place.id))")
        }
        let filter: SQL = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
        let request: SQLRequest<Row> = """
            SELECT * FROM event WHERE \(filter) ORDER BY occurred \(sql: direction), id \(sql: direction) LIMIT \(query.limit)
            """
        return try await pool.read { db in
            try request.fetchAll(db).map {
                StoredEvent(
                    id: $0["id"], kioskID: $0["kioskID"], kioskSequence: $0["kioskSequence"], occurred: $0["occurred"],
                    received: $0["received"], result: $0["result"], userPrincipalName: $0["upn"], qrCodeID: $0["qrCodeID"],
                    clockTrusted: $0["clockTrusted"])
            }
        }
    }
}
