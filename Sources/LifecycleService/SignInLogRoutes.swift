import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `GET /auditLogs/signIns` with `$filter`, `$orderby`, `$top` and `$skiptoken` (Graph contract §10).
extension LifecycleService {
    func addSignInLogRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            let path = "/\(version)/auditLogs/signIns"
            let routes = api.resource(String(path.dropFirst()), .auditLogs)
            routes.get(.listSignIns) { request, _ in
                let (asked, projection) = (try ListQuery(request), try Projection(request))
                let events = try await store.events(EventQuery(asked))
                return try await projection.response(
                    page: asked.page(events, at: path, place: { LogRange.Place(occurred: $0.occurred, id: $0.id) }, graph))
            }
            routes.resource("{signIn}").get(.readSignIn) { request, context in
                let projection = try Projection(request)
                guard let event = try await store.event(context.parameters.require("signIn").lowercased()) else {
                    throw GraphError.notFound("The sign-in")
                }
                return try await projection.response(graph(event))
            }
        }
    }

    private func graph(_ event: StoredEvent) async throws -> GraphSignIn {
        let user = if let id = event.userID { try await store.user(id) } else { User?.none }
        return GraphSignIn(
            id: event.id, kioskID: event.kioskID, kioskSequence: event.kioskSequence, occurred: event.occurred,
            received: event.received, result: event.result, userID: event.userID, userPrincipalName: event.userPrincipalName,
            userDisplayName: user?.displayName, qrCodeID: event.qrCodeID, clockTrusted: event.clockTrusted,
            verifiedOffline: event.verifiedOffline)
    }
}

extension EventQuery {
    init(_ asked: ListQuery) throws {
        self.init(try asked.range(by: "createdDateTime"))
        for term in try asked.filter(SignInFilter.init)?.terms ?? [] {
            switch term {
            case .created(let comparison, let date): range.occurred.append((comparison.range, date))
            case .userPrincipalName(let name): userPrincipalNames.append(name)
            case .userPrincipalNamePrefix(let prefix): userPrincipalNamePrefixes.append(prefix)
            case .userID(let id): userIDs.append(id)
            case .deviceID(let id): kioskIDs.append(id)
            case .errorCode(let comparison, let number):
                results.append(
                    Set(ResultCode.allCases.filter { ($0.graphErrorCode == number) == (comparison == .eq) }.map(\.rawValue)))
            }
        }
    }
}

extension Operation {
    static let listSignIns = Operation(
        "Lists sign-ins, the newest first unless asked otherwise.", query: [.filter, .orderBy, .select, .top(1000), .skipToken],
        answers: [200: "signIns"])
    static let readSignIn = Operation("Reads a sign-in.", query: [.select], answers: [200: "signIn"])
}
