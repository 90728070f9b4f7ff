import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `GET /admin/v1/reports/expiring?days=N`: who needs another badge soon, the first to expire first.
extension LifecycleService {
    func addReportRoutes(to api: API) {
        let path = "/admin/v1/reports/expiring"
        api.resource(String(path.dropFirst()), .method).get(.listExpiring) { request, _ in
            let query = try request.queryOptions()
            guard let days = Int(query["days"] ?? "30"), (1...395).contains(days) else {
                throw GraphError.badRequest("invalidRequest", "days is a number from 1 to 395.")
            }
            guard let withExpired = Bool(query["includeExpired"] ?? "false") else {
                throw GraphError.badRequest("invalidRequest", "includeExpired is true or false.")
            }
            let now = now()
            let asked = try ListQuery(request, options: [.top, .skiptoken])
            let found = try await store.expiring(
                after: withExpired ? Date(timeIntervalSince1970: 0) : now,
                until: now.addingTimeInterval(Double(days) * Lifetime.day),
                behind: asked.place(), limit: asked.top + 1)
            return try await Response.json(
                asked.page(
                    found, at: path,
                    place: { LogRange.Place(occurred: $0.code.expire, id: $0.code.id) }, { $0.line(at: now) }))
        }
    }
}

extension Expiring {
    func line(at now: Date) -> ExpiringCode {
        ExpiringCode(
            userId: user.id, userPrincipalName: user.userPrincipalName, displayName: user.displayName,
            accountEnabled: user.isEnabled, qrCodeId: code.id, kind: code.kind.rawValue, startDateTime: code.start,
            expireDateTime: code.expire, daysLeft: Int((code.expire.timeIntervalSince(now) / Lifetime.day).rounded(.down)))
    }
}

extension Operation {
    static let listExpiring = Operation(
        "Lists the codes that expire soon, the first first.",
        query: [
            QueryParameter(name: "days", schema: ["type": "integer", "minimum": 1, "maximum": 395]),
            QueryParameter(name: "includeExpired", schema: Schema.boolean), .top(1000), .skipToken,
        ], answers: [200: "expiringCodes"])
}
