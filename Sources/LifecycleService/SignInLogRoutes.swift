import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `GET /auditLogs/signIns` with `$filter`, `$orderby`, `$top` and `$skiptoken` (Graph contract §10).
extension LifecycleService {
    func addSignInLogRoutes(to router: Router<CallContext>) {
        for version in ["beta", "v1.0"] {
            let path = "/\(version)/auditLogs/signIns"
            let routes = router.group(RouterPath(path)).add(middleware: Requires(Access.signInLog, service: self))
            routes.get { request, _ in
                let asked = try SignInLogQuery(request)
                var query = try await query(asked)
                // One more than is shown tells whether there is a next page.
                query.limit = asked.top + 1
                let events = try await store.events(query)
                var answer = GraphSignIns(value: try await graph(events.prefix(asked.top)))
                if events.count > asked.top, let last = events.prefix(asked.top).last {
                    answer.nextLink = asked.link(to: path, after: last, request)
                }
                return try Response.json(answer)
            }
            routes.refuseOtherMethods(than: [.get])
        }
    }

    private func query(_ asked: SignInLogQuery) async throws -> EventQuery {
        var query = EventQuery(isAscending: asked.isAscending, after: asked.after)
        for term in asked.filter?.terms ?? [] {
            switch term {
            case .created(let comparison, let date): query.occurred.append((comparison.sql, date))
            case .userPrincipalName(let name): query.userPrincipalNames.append(name)
            case .userPrincipalNamePrefix(let prefix): query.userPrincipalNamePrefixes.append(prefix)
            case .userID(let id): query.userIDs.append(id)
            case .deviceID(let id): query.kioskIDs.append(id)
            case .errorCode(let comparison, let number):
                query.results.append(
                    Set(ResultCode.allCases.filter { ($0.graphErrorCode == number) == (comparison == .eq) }.map(\.rawValue)))
            }
        }
        return query
    }

    private func graph(_ events: some Sequence<StoredEvent>) async throws -> [GraphSignIn] {
        var listed: [GraphSignIn] = []
        for event in events {
            let user = if let id = event.userID { try await store.user(id) } else { User?.none }
            listed.append(
                GraphSignIn(
                    id: event.id, kioskID: event.kioskID, kioskSequence: event.kioskSequence, occurred: event.occurred,
                    received: event.received, result: event.result, userID: event.userID,
                    userPrincipalName: event.userPrincipalName,
                    userDisplayName: user?.displayName, qrCodeID: event.qrCodeID, clockTrusted: event.clockTrusted))
        }
        return listed
    }
}

/// What the query string asks for.
struct SignInLogQuery {
    let filter: SignInFilter?
    let top: Int
    let isAscending: Bool
    let after: EventQuery.Place?
    private let parameters: Parameters

    private struct Parameters: Codable {
        var filter: String?
        var top: Int?
        var orderby: String?
        var skiptoken: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case filter = "$filter"
            case top = "$top"
            case orderby = "$orderby"
            case skiptoken = "$skiptoken"
        }
    }

    init(_ request: Request) throws {
        for name in request.uri.queryParameters.map(\.key)
        where name.hasPrefix("$") && Parameters.CodingKeys(rawValue: String(name)) == nil {
            throw GraphError.badRequest("invalidRequest", "\(name) is not supported: use $filter, $orderby, $top and $skiptoken.")
        }
        guard let parameters = try? URLEncodedFormDecoder().decode(Parameters.self, from: request.uri.query ?? ""),
            (1...1000).contains(parameters.top ?? 100)
        else { throw GraphError.badRequest("invalidRequest", "$top is a number from 1 to 1000.") }
        self.parameters = parameters
        top = parameters.top ?? 100
        do {
            filter = try parameters.filter.map { try SignInFilter($0) }
        } catch {
            throw GraphError.badRequest("invalidRequest", "\(error)")
        }
        switch parameters.orderby {
        case nil, "createdDateTime desc": isAscending = false
        case "createdDateTime", "createdDateTime asc": isAscending = true
        default: throw GraphError.badRequest("invalidRequest", "$orderby is createdDateTime, with asc or desc.")
        }
        after = try parameters.skiptoken.map { token in
            guard let bytes = Base64URL.decode(token),
                let place = try? WireJSON.decode(EventQuery.Place.self, from: Data(bytes))
            else { throw GraphError.badRequest("invalidRequest", "$skiptoken is not one that @odata.nextLink gave.") }
            return place
        }
    }

    /// The next page's address, as the caller sees this service.
    func link(to path: String, after last: StoredEvent, _ request: Request) -> String? {
        let place = EventQuery.Place(occurred: last.occurred, id: last.id)
        guard let token = try? WireJSON.encode(place) else { return nil }
        var next = parameters
        next.skiptoken = Base64URL.encode([UInt8](token))
        guard let query = try? URLEncodedFormEncoder().encode(next) else { return nil }
        return "\(request.address)\(path)?\(query)"
    }
}

extension SignInFilter.Comparison {
    var sql: EventQuery.Comparison {
        switch self {
        case .eq, .ne: .equal
        case .gt: .after
        case .ge: .notBefore
        case .lt: .before
        case .le: .notAfter
        }
    }
}
