public import FoundationEssentials
public import LifecycleAPI

extension SQLStore {
    public func add(_ job: BulkJob, _ items: [BulkItem]) async throws -> BulkJob {
        try await write { transaction in
            if let old = try transaction.row("SELECT * FROM bulk_jobs WHERE id = ?", job.id) { return try BulkJob(old) }
            try transaction.execute(
                "INSERT INTO bulk_jobs (id, action, start, expire, request, created) VALUES (?, ?, ?, ?, ?, ?)", job.id,
                job.action.rawValue, job.start, job.expire, job.request, job.created)
            for item in items {
                try transaction.execute(
                    """
                    INSERT INTO bulk_items (job_id, position, user_id, upn, state, made_pin, failure, failure_message)
                    VALUES (?, ?, ?, ?, ?, 0, ?, ?)
                    """, job.id, item.position, item.userID, item.userPrincipalName, item.state.rawValue, item.failure,
                    item.failureMessage)
            }
            return job
        }
    }

    public func bulkJob(_ id: String) async throws -> BulkJob? {
        try await read { try $0.row("SELECT * FROM bulk_jobs WHERE id = ?", id).map(BulkJob.init) }
    }

    public func bulkStatus(of job: BulkJob) async throws -> BulkStatus {
        try await read { transaction in
            var counts: [BulkItem.State: Int] = [:]
            let rows = try transaction.rows(
                "SELECT state, count(*) AS number FROM bulk_items WHERE job_id = ? GROUP BY state", job.id)
            for row in rows {
                guard let state = BulkItem.State(rawValue: try row("state")) else { throw StoreError.damaged("state") }
                counts[state] = try row("number")
            }
            let failures = try transaction.rows(
                "SELECT * FROM bulk_items WHERE job_id = ? AND state = 'failed' ORDER BY position LIMIT 1000", job.id
            ).map(BulkItem.init)
            return BulkStatus(
                id: job.id, action: job.action, createdDateTime: job.created, pending: counts[.pending] ?? 0,
                issued: counts[.issued] ?? 0, done: counts[.done] ?? 0, failed: counts[.failed] ?? 0,
                errors: failures.map {
                    BulkStatus.Failure(
                        userPrincipalName: $0.userPrincipalName, code: $0.failure ?? "", message: $0.failureMessage ?? "")
                })
        }
    }

    public func acknowledge(_ codeIDs: [String], ofJob id: String) async throws -> [String] {
        if codeIDs.isEmpty { return [] }
        return try await write { transaction in
            try codeIDs.filter { codeID in
                try transaction.execute(
                    """
                    UPDATE bulk_items SET state = 'done', claim = NULL, lease = NULL
                    WHERE job_id = ? AND code_id = ? AND state = 'issued'
                    """, id, codeID)
                return try transaction.row("SELECT id FROM codes WHERE id = ? AND revoked IS NULL", codeID) == nil
            }
        }
    }

    public func release(job id: String) async throws {
        try await write {
            try $0.execute("UPDATE bulk_items SET claim = NULL, lease = NULL WHERE job_id = ? AND lease IS NOT NULL", id)
        }
    }

    public func claim(_ limit: Int, ofJob id: String, until: Date, at now: Date) async throws -> [BulkItem] {
        let claim = UUID().uuidString.lowercased()
        return try await write { transaction in
            // `pending` comes behind `issued` in the alphabet.
            let positions: [Int] = try transaction.rows(
                """
                SELECT position FROM bulk_items
                WHERE job_id = ? AND state IN ('pending', 'issued') AND (lease IS NULL OR lease <= ?)
                ORDER BY state DESC, position LIMIT ?
                """, id, now, limit
            ).map { try $0("position") }
            for position in positions {
                try transaction.execute(
                    "UPDATE bulk_items SET claim = ?, lease = ? WHERE job_id = ? AND position = ?", claim, until, id, position)
            }
            return try transaction.rows("SELECT * FROM bulk_items WHERE job_id = ? AND claim = ? ORDER BY position", id, claim)
                .map(BulkItem.init)
        }
    }

    public func issue(
        _ code: Code, _ pin: StoredPIN?, replacing: Bool, for item: BulkItem, waiting until: Date, at now: Date
    ) async throws -> StoredPIN? {
        guard let userID = item.userID else { throw StoreError.missing(item.userPrincipalName) }
        return try await write { transaction in
            let method = try transaction.method(ofUser: userID)
            if let active = method?.standardCode, active.expire > now, active.id != item.codeID, !replacing {
                throw StoreError.activeExists
            }
            // A PIN that the user set since is theirs.
            let isPINDue = method?.pin.map { item.madePIN && $0.mustChange } ?? true
            try transaction.finish(
                item,
                "state = 'issued', code_id = ?, made_pin = ?, claim = NULL, lease = ?", code.id, item.madePIN || isPINDue, until)
            if method == nil {
                try transaction.execute(
                    "INSERT INTO methods (user_id, id, created) VALUES (?, ?, ?)", userID, UUID().uuidString.lowercased(), now)
            }
            try transaction.revoke(.standard, ofUser: userID, at: now)
            try transaction.insert(code, userID: userID)
            guard isPINDue else { return nil }
            guard let pin else { throw StoreError.missing("The PIN of \(item.userPrincipalName)") }
            try transaction.put(pin, userID: userID)
            return pin
        }
    }

    public func revokeCodes(for item: BulkItem, at now: Date) async throws -> Bool {
        guard let userID = item.userID else { throw StoreError.missing(item.userPrincipalName) }
        return try await write { transaction in
            try transaction.finish(item, "state = 'done', claim = NULL, lease = NULL")
            let had = try [Code.Kind.standard, .temporary].map { try transaction.revoke($0, ofUser: userID, at: now) }
            return had.contains(true)
        }
    }

    public func fail(_ item: BulkItem, _ failure: String, _ message: String) async throws {
        try await write {
            try $0.finish(
                item, "state = 'failed', failure = ?, failure_message = ?, claim = NULL, lease = NULL", failure, message)
        }
    }
}

extension SQLTransaction {
    /// Throws ``StoreError/missing(_:)`` when the item is claimed by someone else.
    fileprivate func finish(_ item: BulkItem, _ change: String, _ values: any SQLConvertible...) throws {
        let all = values.map(\.sqlValue) + [item.jobID.sqlValue, item.position.sqlValue, item.claim.sqlValue]
        guard try execute("UPDATE bulk_items SET \(change) WHERE job_id = ? AND position = ? AND claim = ?", all) > 0 else {
            throw StoreError.missing("The claim on \(item.userPrincipalName)")
        }
    }
}

extension BulkJob {
    init(_ row: SQLRow) throws {
        guard let action = BulkAction(rawValue: try row("action")) else { throw StoreError.damaged("action") }
        self.init(
            id: try row("id"), action: action, start: try row("start"), expire: try row("expire"), request: try row("request"),
            created: try row("created"))
    }
}

extension BulkItem {
    init(_ row: SQLRow) throws {
        guard let state = State(rawValue: try row("state")) else { throw StoreError.damaged("state") }
        self.init(
            jobID: try row("job_id"), position: try row("position"), userID: try row("user_id"),
            userPrincipalName: try row("upn"), state: state, codeID: try row("code_id"), madePIN: try row("made_pin"),
            claim: try row("claim"), failure: try row("failure"), failureMessage: try row("failure_message"))
    }
}
