import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/admin/v1/offlinePolicies`: at which kiosk groups people may sign in while this service is gone (design §5).
extension LifecycleService {
    func addOfflinePolicyRoutes(to api: API) {
        let policies = api.resource("admin/v1/offlinePolicies", .policy)
        policies.get(.listOfflinePolicies) { _, _ in
            try await Response.json(OfflinePolicies(value: store.policy().offline))
        }
        policies.patch(.changeOfflinePolicy) { request, context in
            let asked = try await request.json(OfflinePolicyRequest.self)
            let change = try Self.change(asked)
            let changed = try await recording(.updatePolicy, .policy, asked.audit, by: context).changePolicy(change)
            return try Response.json(OfflinePolicies(value: changed.offline))
        }
    }

    private static func change(_ asked: OfflinePolicyRequest) throws -> @Sendable (inout Policy) -> Void {
        let group = try kioskName(asked.kioskGroup)
        if let hours = asked.entryLifetimeInHours, !OfflinePolicy.lifetimes.contains(hours) {
            throw GraphError.badRequest("invalidRequest", "entryLifetimeInHours is a number from 1 to 2160.")
        }
        if let minutes = asked.changesMaxAgeInMinutes, !OfflinePolicy.ages.contains(minutes) {
            throw GraphError.badRequest("invalidRequest", "changesMaxAgeInMinutes is a number from 5 to 10080.")
        }
        return { policy in
            let before = policy.offline(inGroup: group)
            policy.offline.removeAll { $0.kioskGroup == group }
            guard asked.isAllowed else { return }
            policy.offline.append(
                OfflinePolicy(
                    kioskGroup: group, entryLifetimeInHours: asked.entryLifetimeInHours ?? before?.entryLifetimeInHours ?? 72,
                    changesMaxAgeInMinutes: asked.changesMaxAgeInMinutes ?? before?.changesMaxAgeInMinutes ?? 1440))
        }
    }
}

extension OfflinePolicyRequest {
    fileprivate var audit: [String: String] {
        [
            "kioskGroup": kioskGroup, "offline": isAllowed ? "allowed" : "not allowed",
            "entryLifetimeInHours": entryLifetimeInHours.map(String.init),
            "changesMaxAgeInMinutes": changesMaxAgeInMinutes.map(String.init),
        ].compactMapValues(\.self)
    }
}

extension Operation {
    static let listOfflinePolicies = Operation(
        "Lists the kiosk groups where people may sign in while the service is gone.", answers: [200: "offlinePolicies"])
    static let changeOfflinePolicy = Operation(
        "Lets a kiosk group sign people in while the service is gone, or not any more.", body: "offlinePolicyRequest",
        answers: [200: "offlinePolicies"])
}

extension Schema {
    static let offline: [String: JSONValue] = [
        "offlinePolicy": object(["kioskGroup": string, "entryLifetimeInHours": integer, "changesMaxAgeInMinutes": integer]),
        "offlinePolicies": object(["value": list(of: reference("offlinePolicy"))]),
        "offlinePolicyRequest": object(
            ["kioskGroup": string, "isAllowed": boolean],
            optional: [
                "entryLifetimeInHours": nullable(["type": "integer", "minimum": 1, "maximum": 2160]),
                "changesMaxAgeInMinutes": nullable(["type": "integer", "minimum": 5, "maximum": 10_080]),
            ]),
        "offlineGrant": object([
            "userId": string, "userPrincipalName": string, "expireDateTime": date, "changeNumber": integer,
        ]),
    ]
}
