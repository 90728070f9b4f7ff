import FoundationEssentials

extension SQLStore {
    public func recording(_ record: AuditRecord) -> any LifecycleRepository { SQLStore(database: database, record: record) }

    public func audits(_ query: AuditQuery) async throws -> [AuditRecord] {
        var conditions = SQLConditions()
        for (member, text) in query.equal { conditions.add(member.rawValue, equals: text) }
        for (member, prefix) in query.prefixes { conditions.add(member.rawValue, startsWith: prefix) }
        let (sql, values) = conditions.ended(by: query.range)
        return try await read { try $0.rows("SELECT * FROM audits " + sql, values).map(AuditRecord.init) }
    }
}

extension SQLTransaction {
    func insert(_ record: AuditRecord) throws {
        try execute(
            """
            INSERT INTO audits (
                id, occurred, activity, category, operation, initiator_kind, initiator_id, initiator_name, target_kind, target_id,
                target_name, request_id, details)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """, record.id, record.occurred, record.activity.name, record.activity.category, record.activity.operation,
            record.initiator.kind.rawValue, record.initiator.id, record.initiator.name, record.target.kind.rawValue,
            record.target.id, record.target.name, record.requestID,
            String(decoding: try JSONEncoder().encode(record.details), as: UTF8.self))
    }
}

extension AuditRecord {
    init(_ row: SQLRow) throws {
        guard let initiatorKind = Initiator.Kind(rawValue: try row("initiator_kind")) else {
            throw StoreError.damaged("initiator_kind")
        }
        guard let targetKind = Target.Kind(rawValue: try row("target_kind")) else { throw StoreError.damaged("target_kind") }
        let details: String = try row("details")
        self.init(
            id: try row("id"), occurred: try row("occurred"),
            activity: Activity(try row("activity"), category: try row("category"), operation: try row("operation")),
            initiator: Initiator(initiatorKind, id: try row("initiator_id"), name: try row("initiator_name")),
            target: Target(targetKind, id: try row("target_id"), name: try row("target_name")), requestID: try row("request_id"),
            details: try JSONDecoder().decode([String: String].self, from: Data(details.utf8)))
    }
}
