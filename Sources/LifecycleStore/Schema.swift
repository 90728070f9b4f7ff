/// The tables, and the steps from each released form to the next. Forward only.
enum Schema {
    /// A step is a list of statements. A released step never changes; the next one is appended.
    static func steps(_ dialect: SQLDialect) -> [[String]] {
        let first = [
            directory(dialect), methods(dialect), signIns, guesses(dialect), kiosks(dialect), changes, audits, sessions(dialect),
            groups, bulk,
        ]
        return [first.flatMap { $0 }, offline, cards(dialect)]
    }

    /// Brings the database to the last form. Throws ``StoreError/tooNew`` when a newer program made it.
    static func migrate(_ database: any SQLDatabase, through steps: [[String]]) async throws {
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
            let version: Int = try transaction.row("SELECT max(version) AS version FROM schema_version")?("version") ?? 0
            guard version <= steps.count else { throw StoreError.tooNew }
            for (number, statements) in steps.enumerated().dropFirst(version) {
                for statement in statements { try transaction.execute(statement) }
                try transaction.execute("INSERT INTO schema_version (version) VALUES (?)", number + 1)
            }
        }
    }

    /// `upn_key` is the name in lower case: names are the same in any case.
    private static func directory(_ dialect: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE users (
                id TEXT PRIMARY KEY, upn TEXT NOT NULL, upn_key TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
                enabled BIGINT NOT NULL)
            """,
            "CREATE TABLE clients (id TEXT PRIMARY KEY, public_key \(dialect.bytes) NOT NULL, roles TEXT NOT NULL)",
            "CREATE TABLE policies (id BIGINT PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)",
        ]
    }

    /// A revoked code stays, also when its user is deleted, so that the log knows whose it was; of those that are not, each user has at most one of a kind.
    private static func methods(_ dialect: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE methods (
                user_id TEXT PRIMARY KEY REFERENCES users (id), id TEXT NOT NULL, created BIGINT NOT NULL, last_used BIGINT)
            """,
            """
            CREATE TABLE codes (
                id TEXT PRIMARY KEY, user_id TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('standard', 'temporary')), public_key \(dialect.bytes) NOT NULL,
                created BIGINT NOT NULL, start BIGINT NOT NULL, expire BIGINT NOT NULL, last_used BIGINT, revoked BIGINT)
            """,
            "CREATE INDEX codes_expire ON codes (expire, id) WHERE revoked IS NULL",
            "CREATE UNIQUE INDEX codes_in_force ON codes (user_id, kind) WHERE revoked IS NULL",
            """
            CREATE TABLE pins (
                user_id TEXT PRIMARY KEY REFERENCES methods (user_id) ON DELETE CASCADE, id TEXT NOT NULL, hash TEXT NOT NULL,
                length BIGINT NOT NULL, must_change BIGINT NOT NULL, created BIGINT NOT NULL, updated BIGINT NOT NULL)
            """,
        ]
    }

    private static func sessions(_ dialect: SQLDialect) -> [String] {
        [
            "CREATE TABLE session_links (hash \(dialect.bytes) PRIMARY KEY, client_id TEXT NOT NULL, expire BIGINT NOT NULL)",
            """
            CREATE TABLE sessions (
                hash \(dialect.bytes) PRIMARY KEY, client_id TEXT NOT NULL, last_used BIGINT NOT NULL, expire BIGINT NOT NULL)
            """,
        ]
    }

    private static let signIns = [
        """
        CREATE TABLE attempts (
            id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, code_id TEXT NOT NULL, user_id TEXT NOT NULL, started BIGINT NOT NULL,
            stage TEXT NOT NULL)
        """,
        "CREATE INDEX attempts_started ON attempts (started)",
        """
        CREATE TABLE events (
            id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, kiosk_sequence BIGINT NOT NULL, occurred BIGINT NOT NULL,
            received BIGINT NOT NULL, result TEXT NOT NULL, upn TEXT, user_id TEXT, qr_code_id TEXT, clock_trusted BIGINT NOT NULL,
            previous_hash TEXT NOT NULL, hash TEXT NOT NULL)
        """,
        "CREATE INDEX events_occurred ON events (occurred, id)",
        "CREATE INDEX events_sequence ON events (kiosk_id, kiosk_sequence, id)",
    ]

    /// What was guessed of a code: at each kiosk, and anywhere. `wrong` holds fingerprints of the last wrong PINs, one behind the other.
    private static func guesses(_ dialect: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE guesses (
                code_id TEXT NOT NULL, kiosk_id TEXT NOT NULL, count BIGINT NOT NULL, locked_until BIGINT, last_wrong BIGINT,
                last_right BIGINT, PRIMARY KEY (code_id, kiosk_id))
            """,
            "CREATE INDEX guesses_wrong ON guesses (kiosk_id, last_wrong) WHERE last_wrong IS NOT NULL",
            """
            CREATE TABLE code_guesses (
                code_id TEXT PRIMARY KEY, elsewhere BIGINT NOT NULL, elsewhere_locked_until BIGINT, in_a_row BIGINT NOT NULL,
                wrong \(dialect.bytes) NOT NULL)
            """,
            // Not a column of kiosks: those rows change with every report, and guesses would be in their way.
            "CREATE TABLE coolings (kiosk_id TEXT PRIMARY KEY, cooling_until BIGINT NOT NULL)",
        ]
    }

    private static func kiosks(_ dialect: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE kiosks (
                id TEXT PRIMARY KEY, display_name TEXT NOT NULL, kiosk_group TEXT, enrolled BIGINT, revoked BIGINT,
                last_seen BIGINT, health TEXT, chain_sequence BIGINT NOT NULL, chain_hash TEXT NOT NULL,
                checkpoint TEXT)
            """,
            """
            CREATE TABLE enrolment_codes (
                id TEXT PRIMARY KEY, hash \(dialect.bytes) NOT NULL UNIQUE, display_name TEXT NOT NULL, kiosk_group TEXT,
                created BIGINT NOT NULL, expire BIGINT NOT NULL, kiosk_id TEXT)
            """,
            """
            CREATE TABLE alerts (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, kiosk_id TEXT, user_id TEXT, code_id TEXT,
                detail TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, count BIGINT NOT NULL, acknowledged BIGINT,
                acknowledged_by TEXT)
            """,
            "CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE acknowledged IS NULL",
            "CREATE INDEX alerts_last ON alerts (last, id)",
        ]
    }

    /// The one row of `change_counter` is taken by each change until its transaction ends, so that numbers appear in their order.
    private static let changes = [
        "CREATE TABLE change_counter (id BIGINT PRIMARY KEY CHECK (id = 1), number BIGINT NOT NULL)",
        "INSERT INTO change_counter (id, number) VALUES (1, 0)",
        """
        CREATE TABLE changes (
            number BIGINT PRIMARY KEY, kind TEXT NOT NULL, code_id TEXT, user_id TEXT, kiosk_id TEXT)
        """,
    ]

    private static let groups = [
        """
        CREATE TABLE user_groups (
            id TEXT PRIMARY KEY, display_name TEXT NOT NULL, description TEXT, created BIGINT NOT NULL)
        """,
        """
        CREATE TABLE memberships (
            group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, PRIMARY KEY (group_id, user_id))
        """,
        "CREATE INDEX memberships_user ON memberships (user_id)",
    ]

    /// An item with a `lease` is someone's until then; `claim` says whose.
    private static let bulk = [
        """
        CREATE TABLE bulk_jobs (
            id TEXT PRIMARY KEY, action TEXT NOT NULL, start BIGINT, expire BIGINT, request TEXT NOT NULL, created BIGINT NOT NULL)
        """,
        """
        CREATE TABLE bulk_items (
            job_id TEXT NOT NULL REFERENCES bulk_jobs (id), position BIGINT NOT NULL, user_id TEXT, upn TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'issued', 'done', 'failed')), code_id TEXT, made_pin BIGINT NOT NULL,
            claim TEXT, lease BIGINT, failure TEXT, failure_message TEXT, PRIMARY KEY (job_id, position))
        """,
        "CREATE INDEX bulk_items_state ON bulk_items (job_id, state, position)",
        "CREATE INDEX bulk_items_code ON bulk_items (job_id, code_id)",
    ]

    private static let offline = ["ALTER TABLE events ADD COLUMN verified_offline BIGINT NOT NULL DEFAULT 0"]

    /// A card that is of no code any more stays with its counter, so that no message of it is ever taken twice.
    private static func cards(_ dialect: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE cards (
                uid \(dialect.bytes) PRIMARY KEY, code_id TEXT UNIQUE, sealed_keys \(dialect.bytes) NOT NULL,
                required BIGINT NOT NULL, counter BIGINT NOT NULL, bound BIGINT NOT NULL)
            """
        ]
    }

    /// `details` is a JSON object of strings.
    private static let audits = [
        """
        CREATE TABLE audits (
            id TEXT PRIMARY KEY, occurred BIGINT NOT NULL, activity TEXT NOT NULL, category TEXT NOT NULL,
            operation TEXT NOT NULL, initiator_kind TEXT NOT NULL, initiator_id TEXT NOT NULL, initiator_name TEXT NOT NULL,
            target_kind TEXT NOT NULL, target_id TEXT NOT NULL, target_name TEXT NOT NULL, request_id TEXT NOT NULL,
            details TEXT NOT NULL)
        """,
        "CREATE INDEX audits_occurred ON audits (occurred, id)",
    ]
}
