import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/groups` and their members, as Graph has them for security groups, and `/users/{id}/memberOf`.
extension LifecycleService {
    func addGroupRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            let groups = api.resource("\(version)/groups", .groups)
            groups.get(.listGroups) { request, _ in
                let asked = try ListQuery(request, options: [.filter, .top, .skiptoken], most: 999)
                return try await page(GroupQuery(asked), asked, at: "/\(version)/groups", request)
            }
            groups.post(.createGroup) { request, context in try await create(request.json(GroupRequest.self), by: context) }
            let group = groups.resource("{group}")
            group.get(.readGroup) { request, context in try await Projection(request).response(self.group(context).graph) }
            group.patch(.changeGroup) { request, context in
                try await change(self.group(context), as: request.json(GroupRequest.self), by: context)
                return Response(status: .noContent)
            }
            group.delete(.deleteGroup) { _, context in
                try await delete(self.group(context), by: context)
                return Response(status: .noContent)
            }
            addMemberRoutes(to: api, version)
        }
    }

    private func addMemberRoutes(to api: API, _ version: String) {
        let members = api.resource("\(version)/groups/{group}/members", .groupMembers)
        members.get(.listMembers) { request, context in
            let (group, projection) = (try await group(context), try Projection(request))
            let asked = try ListQuery(request, options: [.filter, .top, .skiptoken], most: 999)
            var query = try UserQuery(asked)
            query.groupID = group.id
            let path = "/\(version)/groups/\(group.id)/members"
            return try await projection.response(
                page: asked.page(store.users(query), at: path, place: \.userPrincipalName) { user in
                    var member = user.graph
                    member.odataType = "#microsoft.graph.user"
                    return member
                })
        }
        members.resource("$ref").post(.addMember) { request, context in
            let group = try await group(context)
            let user = try await user(in: request.json(ReferenceRequest.self))
            guard try await recording(.addMember, .user(user), group.audit, by: context).addMember(user.id, toGroup: group.id)
            else { throw GraphError.badRequest("invalidRequest", "\(user.userPrincipalName) is a member already.") }
            return Response(status: .noContent)
        }
        members.resource("{user}/$ref").delete(.removeMember) { _, context in
            let (group, user) = (try await group(context), try await user(context))
            guard
                try await recording(.removeMember, .user(user), group.audit, by: context)
                    .removeMember(user.id, fromGroup: group.id)
            else { throw GraphError.notFound("The member \(user.userPrincipalName)") }
            return Response(status: .noContent)
        }
        api.resource("\(version)/users/{user}/memberOf", .groupMembers).get(.listMemberOf) { request, context in
            let user = try await user(context)
            let asked = try ListQuery(request, options: [.filter, .top, .skiptoken], most: 999)
            var query = try GroupQuery(asked)
            query.userID = user.id
            return try await page(query, asked, at: "/\(version)/users/\(user.id)/memberOf", request)
        }
    }

    private func page(
        _ query: GroupQuery, _ asked: ListQuery, at path: String, _ request: Request
    ) async throws -> Response {
        try await Projection(request).response(
            page: asked.page(
                store.groups(query), at: path, place: { GroupQuery.Place(displayName: $0.displayName, id: $0.id) }, \.graph))
    }

    private func group(_ context: CallContext) async throws -> Group {
        let id = try context.parameters.require("group")
        guard let group = try await store.group(id) else { throw GraphError.notFound("The group \(id)") }
        return group
    }

    /// The user whose address a body gives: only its last segment counts, because callers know this service by other names.
    private func user(in reference: ReferenceRequest) async throws -> User {
        let key = URL(string: reference.odataID)?.lastPathComponent ?? ""
        guard let user = try await store.user(key) else {
            throw GraphError.badRequest(
                "invalidRequest", "@odata.id: there is no user \(key). Write …/v1.0/users/{id or userPrincipalName}.")
        }
        return user
    }

    private func create(_ asked: GroupRequest, by context: CallContext) async throws -> Response {
        guard let name = asked.displayName, !name.isEmpty else {
            throw GraphError.badRequest("invalidRequest", "Give displayName.")
        }
        guard asked.mailEnabled != true, asked.securityEnabled != false, asked.groupTypes?.isEmpty ?? true else {
            throw GraphError.badRequest(
                "invalidRequest", "Only security groups: mailEnabled is false, securityEnabled true, groupTypes empty.")
        }
        let group = Group(displayName: name, description: asked.description, created: now())
        try await recording(.addGroup, .group(group), by: context).add(group)
        return try Response.json(group.graph, status: .created)
    }

    private func change(_ group: Group, as asked: GroupRequest, by context: CallContext) async throws {
        guard asked.displayName != "" else { throw GraphError.badRequest("invalidRequest", "displayName is empty.") }
        let changed = Group(
            id: group.id, displayName: asked.displayName ?? group.displayName,
            description: asked.description ?? group.description, created: group.created)
        let names =
            changed.displayName == group.displayName ? [:] : ["displayName": "\(group.displayName) → \(changed.displayName)"]
        guard try await recording(.updateGroup, .group(changed), names, by: context).update(changed) else {
            throw GraphError.notFound("The group \(group.id)")
        }
    }

    private func delete(_ group: Group, by context: CallContext) async throws {
        do {
            guard try await recording(.deleteGroup, .group(group), by: context).deleteGroup(group.id) else {
                throw GraphError.notFound("The group \(group.id)")
            }
        } catch StoreError.inUse {
            throw GraphError(
                status: .conflict, code: "conflict",
                message: """
                    The policy names \(group.displayName). Take it out of includeTargets and excludeTargets of qrCodePin first, so that \
                    nobody is admitted or shut out unseen.
                    """)
        }
    }
}

extension GroupQuery {
    init(_ asked: ListQuery) throws {
        self.init(after: try asked.place(), limit: asked.top + 1)
        for term in try asked.filter(DirectoryFilter.init(groups:))?.terms ?? [] {
            switch term {
            case .equals(let member, let text): equal.append((member == .id ? .id : .displayName, text))
            case .startsWith(let member, let text): prefixes.append((member == .id ? .id : .displayName, text))
            case .accountEnabled: break
            }
        }
    }
}

extension UserQuery {
    init(_ asked: ListQuery) throws {
        self.init(after: try asked.place(), limit: asked.top + 1)
        for term in try asked.filter(DirectoryFilter.init(users:))?.terms ?? [] {
            switch term {
            case .equals(let member, let text): equal.append((Member(member), text))
            case .startsWith(let member, let text): prefixes.append((Member(member), text))
            case .accountEnabled(let flag): isEnabled = flag
            }
        }
    }
}

extension UserQuery.Member {
    init(_ member: DirectoryFilter.Member) {
        self =
            switch member {
            case .id: .id
            case .userPrincipalName: .userPrincipalName
            case .displayName: .displayName
            }
    }
}

extension Group {
    var graph: GraphGroup {
        GraphGroup(id: id, displayName: displayName, description: description, createdDateTime: created)
    }
}

extension Operation {
    private static let list: [QueryParameter] = [.filter, .top(999), .skipToken, .select]

    static let listGroups = Operation("Lists the security groups.", query: list, answers: [200: "groups"])
    static let createGroup = Operation("Adds a security group.", body: "newGroup", answers: [201: "group"])
    static let readGroup = Operation("Reads a group.", query: [.select], answers: [200: "group"])
    static let changeGroup = Operation("Renames or describes a group.", body: "groupChange", answers: [204: nil])
    static let deleteGroup = Operation("Deletes a group that the policy does not name.", answers: [204: nil], refusals: [409])
    static let listMembers = Operation("Lists a group's members.", query: list, answers: [200: "users"])
    static let addMember = Operation("Adds a person to a group.", body: "memberReference", answers: [204: nil])
    static let removeMember = Operation("Takes a person out of a group.", answers: [204: nil])
    static let listMemberOf = Operation("Lists the groups that a person is in.", query: list, answers: [200: "groups"])
}
