import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `GET /auditLogs/directoryAudits`: who did what, in Graph's shape, with `$filter`, `$orderby`, `$top` and `$skiptoken`.
extension LifecycleService {
    func addAuditLogRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            let path = "/\(version)/auditLogs/directoryAudits"
            api.resource(String(path.dropFirst()), .auditLogs).get(.listAudits) { request, _ in
                let (asked, projection) = (try ListQuery(request), try Projection(request))
                let records = try await store.audits(AuditQuery(asked))
                return try await projection.response(
                    page: asked.page(records, at: path, place: { LogRange.Place(occurred: $0.occurred, id: $0.id) }, \.graph))
            }
        }
    }
}

extension AuditQuery {
    init(_ asked: ListQuery) throws {
        self.init(try asked.range(by: "activityDateTime"))
        for term in try asked.filter(AuditFilter.init)?.terms ?? [] {
            switch term {
            case .activity(let comparison, let date): range.occurred.append((comparison.range, date))
            case .equals(let member, let text): equal += Self.members(of: member, text)
            case .startsWith(let member, let text):
                let members = Self.members(of: member, text)
                equal += members.dropLast()
                prefixes += members.suffix(1)
            }
        }
    }

    /// What kind it must be, when the member tells, and the text of the member.
    private static func members(of member: AuditFilter.Member, _ text: String) -> [(Member, String)] {
        switch member {
        case .id: [(.id, text)]
        case .activityDisplayName: [(.activity, text)]
        case .category: [(.category, text)]
        case .correlationId: [(.requestID, text)]
        case .appID: [(.initiatorKind, "application"), (.initiatorID, text)]
        case .appName: [(.initiatorKind, "application"), (.initiatorName, text)]
        case .userID: [(.initiatorKind, "user"), (.initiatorID, text)]
        case .userPrincipalName: [(.initiatorKind, "user"), (.initiatorName, text)]
        case .targetID: [(.targetID, text)]
        case .targetName: [(.targetName, text)]
        case .targetUserPrincipalName: [(.targetKind, "User"), (.targetName, text)]
        }
    }
}

extension AuditRecord {
    var graph: GraphAudit {
        let initiatedBy =
            switch initiator.kind {
            case .application: GraphAudit.Initiator(appId: initiator.id, displayName: initiator.name)
            case .user: GraphAudit.Initiator(userId: initiator.id, userPrincipalName: initiator.name)
            }
        return GraphAudit(
            id: id, activityDateTime: occurred, activityDisplayName: activity.name, category: activity.category,
            operationType: activity.operation, correlationId: requestID,
            initiatedBy: initiatedBy,
            targetResources: [GraphAudit.Target(id: target.id, displayName: target.name, type: target.kind.rawValue)],
            additionalDetails: details.sorted { $0.key < $1.key }.map { GraphAudit.Detail(key: $0.key, value: $0.value) })
    }
}

extension Operation {
    static let listAudits = Operation(
        "Lists administrative acts, the newest first unless asked otherwise.",
        query: [.filter, .orderBy, .select, .top(1000), .skipToken], answers: [200: "directoryAudits"])
}
