import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/users`: the directory of those who can have a badge, with the members of Graph's `user` that matter here.
extension LifecycleService {
    func addUserRoutes(to router: Router<CallContext>) {
        for version in ["beta", "v1.0"] {
            let users = router.group(RouterPath("\(version)/users")).add(middleware: Requires(Access.users, service: self))
            users.get { request, _ in try await list(request, path: "/\(version)/users") }
            users.post { request, _ in try await create(request.json(UserRequest.self)) }
            users.refuseOtherMethods(than: [.get, .post])
            let user = users.group("{user}")
            user.get { _, context in try Response.json(try await self.user(context).graph) }
            user.patch { request, context in
                try await change(self.user(context), as: request.json(UserRequest.self))
                return Response(status: .noContent)
            }
            user.refuseOtherMethods(than: [.get, .patch])
        }
    }

    private func create(_ asked: UserRequest) async throws -> Response {
        guard let name = asked.userPrincipalName, let displayName = asked.displayName else {
            throw GraphError.badRequest("invalidRequest", "Give userPrincipalName and displayName.")
        }
        let user = User(
            userPrincipalName: try Self.badgeName(name), displayName: displayName, isEnabled: asked.accountEnabled ?? true)
        try await Self.unlessTaken { try await store.add(user) }
        return try Response.json(user.graph, status: .created)
    }

    private func change(_ user: User, as asked: UserRequest) async throws {
        let changed = User(
            id: user.id, userPrincipalName: try asked.userPrincipalName.map(Self.badgeName) ?? user.userPrincipalName,
            displayName: asked.displayName ?? user.displayName, isEnabled: asked.accountEnabled ?? user.isEnabled)
        try await Self.unlessTaken { try await store.update(changed) }
    }

    /// Pages in the order of the names; the token is the last name shown.
    private func list(_ request: Request, path: String) async throws -> Response {
        let query = request.uri.queryParameters
        guard let top = Int(query["$top"] ?? "100"), (1...999).contains(top) else {
            throw GraphError.badRequest("invalidRequest", "$top is a number from 1 to 999.")
        }
        let last = try query["$skiptoken"].map { token in
            guard let bytes = Base64URL.decode(String(token)) else {
                throw GraphError.badRequest("invalidRequest", "$skiptoken is not one that @odata.nextLink gave.")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        let users = try await store.users(after: last, limit: top + 1)
        var answer = GraphUsers(value: users.prefix(top).map(\.graph))
        if users.count > top, let last = users.prefix(top).last {
            answer.nextLink =
                request.address + path + "?$top=\(top)&$skiptoken=" + Base64URL.encode(Array(last.userPrincipalName.utf8))
        }
        return try Response.json(answer)
    }

    /// A name that a badge can carry.
    private static func badgeName(_ name: String) throws -> String {
        do {
            return try BadgePayload(userPrincipalName: name, qrCodeID: .random(), key: .random()).userPrincipalName
        } catch {
            throw GraphError.badRequest("invalidRequest", error.description)
        }
    }

    private static func unlessTaken(_ write: () async throws -> Void) async throws {
        do { try await write() } catch StoreError.exists(let name) {
            throw GraphError(status: .conflict, code: "conflict", message: "The userPrincipalName \(name) is taken.")
        }
    }
}

extension User {
    var graph: GraphUser {
        GraphUser(id: id, userPrincipalName: userPrincipalName, displayName: displayName, accountEnabled: isEnabled)
    }
}
