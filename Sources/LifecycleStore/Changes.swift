public import LifecycleAPI

/// The numbered changes that kiosks must learn of (design §4).
public protocol ChangeRepository: Sendable {
    /// The last change's number; 0 before the first.
    func changeNumber() async throws -> Int
    /// Those after a number, in order; nil when some of them are not kept any more, or the number was never reached.
    func changes(after number: Int, limit: Int) async throws -> [ChangeFeed.Change]?
}

extension SQLStore {
    /// Older changes are forgotten: a kiosk that was away so long takes everything anew.
    static let keptChanges = 10_000

    public func changeNumber() async throws -> Int { try await read { try $0.changeNumber() } }

    public func changes(after number: Int, limit: Int) async throws -> [ChangeFeed.Change]? {
        try await read { transaction in
            let last = try transaction.changeNumber()
            guard number <= last, number >= last - Self.keptChanges else { return nil }
            let sql = """
                SELECT c.*, k.start, k.expire FROM changes c LEFT JOIN codes k ON k.id = c.code_id AND c.kind = ?
                WHERE c.number > ? ORDER BY c.number LIMIT ?
                """
            return try transaction.rows(sql, ChangeKind.codeChanged.rawValue, number, limit).map(ChangeFeed.Change.init)
        }
    }
}

extension SQLTransaction {
    func changeNumber() throws -> Int {
        guard let number: Int = try row("SELECT number FROM change_counter")?("number") else {
            throw StoreError.damaged("change_counter")
        }
        return number
    }

    /// Gives the change the next number, in the transaction that makes it: no number is seen before a lower one.
    func note(_ kind: ChangeKind, code: String? = nil, user: String? = nil, kiosk: String? = nil) throws {
        guard
            let number: Int = try row("UPDATE change_counter SET number = number + 1 WHERE id = 1 RETURNING number")?("number")
        else { throw StoreError.damaged("change_counter") }
        try execute(
            "INSERT INTO changes (number, kind, code_id, user_id, kiosk_id) VALUES (?, ?, ?, ?, ?)", number, kind.rawValue, code,
            user, kiosk)
        try execute("DELETE FROM changes WHERE number <= ?", number - SQLStore.keptChanges)
    }
}

extension ChangeFeed.Change {
    init(_ row: SQLRow) throws {
        self.init(
            number: try row("number"), kind: try row("kind"), qrCodeId: try row("code_id"), userId: try row("user_id"),
            kioskId: try row("kiosk_id"), startDateTime: try row("start"), expireDateTime: try row("expire"))
    }
}
