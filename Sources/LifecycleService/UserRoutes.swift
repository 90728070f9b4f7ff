import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/users`: the directory of those who can have a badge, with the members of Graph's `user` that matter here.
extension LifecycleService {
    func addUserRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            let users = api.resource("\(version)/users", .users)
            users.get(.listUsers) { request, _ in try await list(request, path: "/\(version)/users") }
            users.post(.createUser) { request, context in try await create(request.json(UserRequest.self), by: context) }
            let user = users.resource("{user}")
            user.get(.readUser) { request, context in try await Projection(request).response(self.user(context).graph) }
            user.patch(.changeUser) { request, context in
                try await change(self.user(context), as: request.json(UserRequest.self), by: context)
                return Response(status: .noContent)
            }
            user.delete(.deleteUser) { _, context in
                let user = try await self.user(context)
                guard try await recording(.deleteUser, .user(user), by: context).deleteUser(user.id, at: now()) else {
                    throw GraphError.notFound("The user \(user.id)")
                }
                return Response(status: .noContent)
            }
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
        let (users, projection) = (try await store.users(UserQuery(asked)), try Projection(request))
        return try await projection.response(page: asked.page(users, at: path, place: \.userPrincipalName, \.graph))
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

extension Operation {
    static let listUsers = Operation(
        "Lists the people who can have badges.", query: [.filter, .top(999), .skipToken, .select], answers: [200: "users"])
    static let createUser = Operation("Adds a person.", body: "newUser", answers: [201: "user"], refusals: [409])
    static let readUser = Operation("Reads a person.", query: [.select], answers: [200: "user"])
    static let changeUser = Operation(
        "Renames, disables or enables a person.", body: "userChange", answers: [204: nil], refusals: [409])
    static let deleteUser = Operation("Deletes a person; their badge ends, their sign-ins stay in the log.", answers: [204: nil])
}
