import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin` (Graph contract §4.8).
extension LifecycleService {
    func addPolicyRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            let path = "\(version)/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"
            let routes = api.resource(path, .policy)
            routes.get(.readPolicy) { request, _ in
                let projection = try Projection(request, navigation: ["includeTargets"])
                return try await projection.response(store.policy().graph(version))
            }
            routes.patch(.changePolicy) { request, context in
                let asked = try await request.json(PolicyRequest.self)
                let change = try await change(asked)
                return try Response.json(
                    try await recording(.updatePolicy, .policy, asked.audit, by: context).changePolicy(change).graph(version))
            }
            routes.delete(.resetPolicy) { _, context in
                _ = try await recording(.resetPolicy, .policy, by: context).changePolicy { $0 = .standard }
                return Response(status: .noContent)
            }
        }
    }

    /// What a request changes, once every member of it is found to be allowed.
    private func change(_ asked: PolicyRequest) async throws -> @Sendable (inout Policy) -> Void {
        if let type = asked.odataType, !GraphPolicy.odataType.hasSuffix(type) || type.count + 1 < GraphPolicy.odataType.count {
            throw GraphError.badRequest("invalidRequest", "@odata.type is \(GraphPolicy.odataType).")
        }
        if let state = asked.state, !["enabled", "disabled"].contains(state) {
            throw GraphError.badRequest("invalidRequest", "state is enabled or disabled.")
        }
        if let length = asked.pinLength, !(8...20).contains(length) {
            throw GraphError.badRequest("invalidRequest", "pinLength is a number from 8 to 20.")
        }
        if let days = asked.standardQRCodeLifetimeInDays, !(1...395).contains(days) {
            throw GraphError.badRequest("invalidRequest", "standardQRCodeLifetimeInDays is a number from 1 to 395.")
        }
        let included = try await targets(asked.includeTargets)
        let excluded = try await targets(asked.excludeTargets)
        return { policy in
            if let state = asked.state { policy.isEnabled = state == "enabled" }
            policy.pinLength = asked.pinLength ?? policy.pinLength
            policy.lifetimeInDays = asked.standardQRCodeLifetimeInDays ?? policy.lifetimeInDays
            policy.included = included ?? policy.included
            policy.excluded = excluded ?? policy.excluded
        }
    }

    private func targets(_ asked: [GraphPolicy.Target]?) async throws -> [Policy.Target]? {
        guard let asked else { return nil }
        var targets: [Policy.Target] = []
        for target in asked {
            switch target.targetType {
            case "group" where target.id == "all_users": targets.append(.everyone)
            case "user":
                guard let user = try await store.user(target.id) else {
                    throw GraphError.badRequest("invalidRequest", "There is no user \(target.id).")
                }
                targets.append(.user(user.id))
            case "group":
                guard let group = try await store.group(target.id) else {
                    throw GraphError.badRequest("invalidRequest", "There is no group \(target.id).")
                }
                targets.append(.group(group.id))
            default:
                throw GraphError.badRequest(
                    "invalidRequest",
                    "There is no targetType \(target.targetType): name users and groups; the group all_users is everyone.")
            }
        }
        return targets
    }
}

extension Policy {
    func graph(_ version: String) -> GraphPolicy {
        GraphPolicy(
            state: isEnabled ? "enabled" : "disabled", standardQRCodeLifetimeInDays: lifetimeInDays, pinLength: pinLength,
            excludeTargets: excluded.map(\.graph), includeTargets: included.map(\.graph), version: version)
    }
}

extension AuditRecord.Target {
    static let policy = AuditRecord.Target(.policy, id: "QRCodePin", name: "QR code + PIN")
}

extension PolicyRequest {
    /// The members that were asked for, each as JSON.
    var audit: [String: String] {
        func json(_ value: (some Encodable)?) -> String? {
            value.flatMap { try? WireJSON.encode($0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        return [
            "state": state, "pinLength": json(pinLength), "standardQRCodeLifetimeInDays": json(standardQRCodeLifetimeInDays),
            "includeTargets": json(includeTargets), "excludeTargets": json(excludeTargets),
        ].compactMapValues(\.self)
    }
}

extension Policy.Target {
    var graph: GraphPolicy.Target {
        switch self {
        case .everyone: GraphPolicy.Target(targetType: "group", id: "all_users")
        case .user(let id): GraphPolicy.Target(targetType: "user", id: id)
        case .group(let id): GraphPolicy.Target(targetType: "group", id: id)
        }
    }
}

extension Operation {
    static let readPolicy = Operation(
        "Reads who may sign in, and the rules for codes and PINs.", query: [.select, .expand],
        answers: [200: "qrCodePinAuthenticationMethodConfiguration"])
    static let changePolicy = Operation(
        "Changes what is named.", body: "policyRequest", answers: [200: "qrCodePinAuthenticationMethodConfiguration"])
    static let resetPolicy = Operation("Goes back to the default: nobody may sign in.", answers: [204: nil])
}
