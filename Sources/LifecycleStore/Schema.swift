/// The tables, and the steps from each released form to the next. Forward only.
enum Schema {
    /// A step is a list of statements. A released step never changes; the next one is appended.
    static func steps(_ dialect: SQLDialect) -> [[String]] {
        [directory(dialect) + methods(dialect) + signIns + audits + sessions(dialect) + groups + bulk]
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
        CREATE TABLE guesses (
            code_id TEXT NOT NULL, kiosk_id TEXT NOT NULL, count BIGINT NOT NULL, locked_until BIGINT,
            PRIMARY KEY (code_id, kiosk_id))
        """,
        """
        CREATE TABLE events (
            id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, kiosk_sequence BIGINT NOT NULL, occurred BIGINT NOT NULL,
            received BIGINT NOT NULL, result TEXT NOT NULL, upn TEXT, user_id TEXT, qr_code_id TEXT, clock_trusted BIGINT NOT NULL)
        """,
        "CREATE INDEX events_occurred ON events (occurred, id)",
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
