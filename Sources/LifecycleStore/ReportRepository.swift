public import FoundationEssentials

/// A code that expires soon, and whose it is.
public struct Expiring: Hashable, Sendable {
    public let code: Code
    public let user: User
}

/// Reports for administrators.
public protocol ReportRepository: Sendable {
    /// Codes in force that expire after `start` and until `end`, the first to expire first, from behind `place` on.
    func expiring(after start: Date, until end: Date, behind place: LogRange.Place?, limit: Int) async throws -> [Expiring]
}

extension SQLStore {
    public func expiring(after start: Date, until end: Date, behind place: LogRange.Place?, limit: Int) async throws -> [Expiring]
    {
        try await read { transaction in
            try transaction.rows(
                """
                SELECT codes.*, users.upn, users.display_name, users.enabled FROM codes JOIN users ON users.id = codes.user_id
                WHERE codes.revoked IS NULL AND codes.expire > ? AND codes.expire <= ? AND (codes.expire, codes.id) > (?, ?)
                ORDER BY codes.expire, codes.id LIMIT ?
                """, start, end, place?.occurred ?? start, place?.id ?? "", limit
            ).map {
                Expiring(
                    code: try Code($0),
                    user: User(
                        id: try $0("user_id"), userPrincipalName: try $0("upn"), displayName: try $0("display_name"),
                        isEnabled: try $0("enabled")))
            }
        }
    }
}
