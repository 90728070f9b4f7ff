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
            users.post { request, context in try await create(request.json(UserRequest.self), by: context) }
            users.refuseOtherMethods(than: [.get, .post])
            let user = users.group("{user}")
            user.get { _, context in try Response.json(try await self.user(context).graph) }
            user.patch { request, context in
                try await change(self.user(context), as: request.json(UserRequest.self), by: context)
                return Response(status: .noContent)
            }
            user.delete { _, context in
                let user = try await self.user(context)
                guard try await recording(.deleteUser, .user(user), by: context).deleteUser(user.id, at: now()) else {
                    throw GraphError.notFound("The user \(user.id)")
                }
                return Response(status: .noContent)
            }
            user.refuseOtherMethods(than: [.get, .patch, .delete])
        }
    }

    private func create(_ asked: UserRequest, by context: CallContext) async throws -> Response {
        guard let name = asked.userPrincipalName, let displayName = asked.displayName else {
            throw GraphError.badRequest("invalidRequest", "Give userPrincipalName and displayName.")
        }
        let user = User(
            userPrincipalName: try Self.badgeName(name), displayName: displayName, isEnabled: asked.accountEnabled ?? true)
        try await Self.unlessTaken { try await recording(.addUser, .user(user), by: context).add(user) }
        return try Response.json(user.graph, status: .created)
    }

    private func change(_ user: User, as asked: UserRequest, by context: CallContext) async throws {
        let changed = User(
            id: user.id, userPrincipalName: try asked.userPrincipalName.map(Self.badgeName) ?? user.userPrincipalName,
            displayName: asked.displayName ?? user.displayName, isEnabled: asked.accountEnabled ?? user.isEnabled)
        let recorded = recording(.updateUser, .user(changed), changed.changes(from: user), by: context)
        try await Self.unlessTaken { try await recorded.update(changed) }
    }

    /// Pages in the order of the names.
    private func list(_ request: Request, path: String) async throws -> Response {
        let asked = try ListQuery(request, options: [.filter, .top, .skiptoken], most: 999)
        let users = try await store.users(UserQuery(asked))
        return try await Response.json(asked.page(users, at: path, place: \.userPrincipalName, \.graph))
    }

    /// A name that a badge can carry.
    private static func badgeName(_ name: String) throws -> String {
        if let problem = BadgePayload.problem(withUserPrincipalName: name) {
            throw GraphError.badRequest("invalidRequest", problem)
        }
        return name
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
