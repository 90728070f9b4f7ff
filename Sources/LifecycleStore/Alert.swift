public import FoundationEssentials
import LifecycleAPI

/// What administrators should look at.
public protocol AlertRepository: Sendable {
    /// Those that wait, or those that were acknowledged, the newest first.
    func alerts(acknowledged: Bool, limit: Int) async throws -> [Alert]
    /// False when there is none that is open.
    func acknowledgeAlert(_ id: String, by clientID: String, at now: Date) async throws -> Bool
}

public struct Alert: Hashable, Sendable {
    public let id: String
    /// An `AlertKind`'s raw value.
    public let kind: String
    public let kioskID: String?
    public let userID: String?
    public let codeID: String?
    public let detail: String
    public let first: Date
    public let last: Date
    public let count: Int
    public let acknowledged: Date?
    public let acknowledgedBy: String?
}

extension SQLStore {
    public func alerts(acknowledged: Bool, limit: Int) async throws -> [Alert] {
        let condition = acknowledged ? "acknowledged IS NOT NULL" : "acknowledged IS NULL"
        return try await read {
            try $0.rows("SELECT * FROM alerts WHERE \(condition) ORDER BY last DESC, id DESC LIMIT ?", limit).map(Alert.init)
        }
    }

    public func acknowledgeAlert(_ id: String, by clientID: String, at now: Date) async throws -> Bool {
        try await write {
            try $0.execute(
                "UPDATE alerts SET acknowledged = ?, acknowledged_by = ? WHERE id = ? AND acknowledged IS NULL", now, clientID, id
            )
                > 0
        }
    }
}

extension SQLTransaction {
    /// What happens again to the same subject, before someone acknowledged it, is one alert.
    func raise(
        _ kind: AlertKind, subject: String, kiosk: String? = nil, user: String? = nil, code: String? = nil, _ detail: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO alerts (id, kind, subject, kiosk_id, user_id, code_id, detail, first, last, count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT (kind, subject) WHERE acknowledged IS NULL
            DO UPDATE SET detail = excluded.detail, last = excluded.last, count = alerts.count + 1
            """, UUID().uuidString.lowercased(), kind.rawValue, subject, kiosk, user, code, detail, now, now)
    }
}

extension Alert {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), kind: try row("kind"), kioskID: try row("kiosk_id"), userID: try row("user_id"),
            codeID: try row("code_id"), detail: try row("detail"), first: try row("first"), last: try row("last"),
            count: try row("count"), acknowledged: try row("acknowledged"), acknowledgedBy: try row("acknowledged_by"))
    }
}
