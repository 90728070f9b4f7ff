import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct GroupTests {
    static let policy = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"

    private static func make(_ call: Caller, _ name: String) async throws -> GraphGroup {
        let body =
            ##"{"displayName": "\##(name)", "mailEnabled": false, "mailNickname": "x", "securityEnabled": true, "groupTypes": []}"##
        let reply = try await call.request(.post, "/v1.0/groups", as: "admin", body: body)
        try #require(reply.status == .created)
        return try reply.decode(GraphGroup.self)
    }

    private static func join(_ call: Caller, _ user: String, _ group: GraphGroup) async throws -> HTTPResponse.Status {
        let body = ##"{"@odata.id": "https://graph.example.test/v1.0/users/\##(user)"}"##
        return try await call.request(.post, "/v1.0/groups/\(group.id)/members/$ref", as: "admin", body: body).status
    }

    @Test func `a group is created, read, renamed, listed and deleted`() async throws {
        try await Site().run { call in
            let nurses = try await Self.make(call, "Nurses")
            #expect(nurses.securityEnabled && !nurses.mailEnabled)
            let renamed = try await call.request(
                .patch, "/beta/groups/\(nurses.id)", as: "admin",
                body: #"{"displayName": "Night shift", "description": "At night"}"#)
            #expect(renamed.status == .noContent)
            let read = try await call.request(.get, "/beta/groups/\(nurses.id.uppercased())", as: "admin").decode(GraphGroup.self)
            #expect(read.displayName == "Night shift" && read.description == "At night" && read.id == nurses.id)
            let list = try await call.request(.get, "/beta/groups", as: "admin").decode(GraphGroups.self)
            #expect(list.value == [read])
            #expect(try await call.request(.delete, "/beta/groups/\(nurses.id)", as: "admin").status == .noContent)
            #expect(try await call.request(.get, "/beta/groups/\(nurses.id)", as: "admin").status == .notFound)
        }
    }

    @Test func `members come and go, each once, and a user's groups are listed`() async throws {
        try await Site().run { call in
            let group = try await Self.make(call, "Nurses")
            _ = try await Self.make(call, "Porters")
            #expect(try await Self.join(call, "ada@example.test", group) == .noContent)
            #expect(try await Self.join(call, "ada%40example.test", group) == .badRequest)
            #expect(try await Self.join(call, "nobody@example.test", group) == .badRequest)
            let members = try await call.request(.get, "/beta/groups/\(group.id)/members", as: "admin")
            #expect(try members.decode(GraphUsers.self).value.map(\.userPrincipalName) == ["ada@example.test"])
            let type = (members.object["value"] as? [[String: Any]])?.first?["@odata.type"] as? String
            #expect(type == "#microsoft.graph.user")
            let of = try await call.request(.get, "/v1.0/users/ada@example.test/memberOf", as: "admin").decode(GraphGroups.self)
            #expect(of.value.map(\.displayName) == ["Nurses"])
            let reference = "/beta/groups/\(group.id)/members/ada@example.test/$ref"
            #expect(try await call.request(.delete, reference, as: "admin").status == .noContent)
            #expect(try await call.request(.delete, reference, as: "admin").status == .notFound)
            let log = try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin").decode(GraphAudits.self)
            let names = Set(log.value.map(\.activityDisplayName))
            #expect(names == ["Add group", "Add member to group", "Remove member from group"] && log.value.count == 4)
        }
    }

    @Test func `the pages of a group have every member once`() async throws {
        let site = try await Site()
        let group = Group(displayName: "All", created: site.clock.now)
        try await site.store.add(group)
        for number in 0..<5 {
            let user = User(userPrincipalName: "user\(number)@example.test", displayName: "User")
            try await site.store.add(user)
            _ = try await site.store.addMember(user.id, toGroup: group.id)
        }
        try await site.run { call in
            var next: String? = "/beta/groups/\(group.id)/members?$top=2"
            var seen: [String] = []
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(GraphUsers.self)
                seen += page.value.map(\.userPrincipalName)
                next = Caller.path(of: page.nextLink)
            }
            #expect(seen == (0..<5).map { "user\($0)@example.test" })
        }
    }

    @Test(arguments: [(true, ResultCode.pinRequired, ResultCode.notAllowed), (false, .notAllowed, .pinRequired)])
    func `the policy admits or shuts out the members of a group, from the moment they join`(
        isIncluded: Bool, member: ResultCode, other: ResultCode
    ) async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let group = try await Self.make(call, "Nurses")
            let target = ##"[{"targetType": "group", "id": "\##(group.id)"}]"##
            let body = isIncluded ? ##"{"includeTargets": \##(target)}"## : ##"{"excludeTargets": \##(target)}"##
            let reply = try await call.request(.patch, Self.policy, as: "admin", body: body).decode(GraphPolicy.self)
            #expect((isIncluded ? reply.includeTargets.map(\.id) : reply.excludeTargets.map(\.id)) == [group.id])
            #expect(try await call.start(badge).result == other)
            _ = try await Self.join(call, "ada@example.test", group)
            #expect(try await call.start(badge).result == member)
        }
    }

    @Test func `a policy cannot name a group that is not there, nor a group go that the policy names`() async throws {
        try await Site().run { call in
            let unknown = #"{"includeTargets": [{"targetType": "group", "id": "3f2b"}]}"#
            let refused = try await call.request(.patch, Self.policy, as: "admin", body: unknown)
            #expect(refused.status == .badRequest && String(decoding: refused.data, as: UTF8.self).contains("3f2b"))
            let group = try await Self.make(call, "Nurses")
            let named = ##"{"excludeTargets": [{"targetType": "group", "id": "\##(group.id)"}]}"##
            #expect(try await call.request(.patch, Self.policy, as: "admin", body: named).status == .ok)
            #expect(try await call.request(.delete, "/beta/groups/\(group.id)", as: "admin").status == .conflict)
            _ = try await call.request(.patch, Self.policy, as: "admin", body: #"{"excludeTargets": []}"#)
            #expect(try await call.request(.delete, "/beta/groups/\(group.id)", as: "admin").status == .noContent)
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"displayName": ""}"#, #"{"displayName": "A", "mailEnabled": true}"#,
        #"{"displayName": "A", "securityEnabled": false}"#, #"{"displayName": "A", "groupTypes": ["Unified"]}"#,
    ])
    func `what is no security group with a name is refused`(body: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.post, "/beta/groups", as: "admin", body: body)
            #expect(reply.status == .badRequest)
        }
    }

    @Test(arguments: [
        (["Group.Read.All"], 200, 403, 403), (["GroupMember.ReadWrite.All"], 403, 403, 204),
        (["Group.ReadWrite.All"], 200, 201, 204),
        (["User.ReadWrite.All"], 403, 403, 403),
    ])
    func `each permission opens what Graph says`(roles: [String], list: Int, create: Int, join: Int) async throws {
        let site = try await Site()
        try await site.admit("caller", roles: roles)
        try await site.run { call in
            let group = try await Self.make(call, "Nurses")
            #expect(try await call.request(.get, "/beta/groups", as: "caller").status.code == list)
            let made = try await call.request(.post, "/beta/groups", as: "caller", body: #"{"displayName": "B"}"#)
            #expect(made.status.code == create)
            let body = #"{"@odata.id": "/v1.0/directoryObjects/ada@example.test"}"#
            let joined = try await call.request(.post, "/beta/groups/\(group.id)/members/$ref", as: "caller", body: body)
            #expect(joined.status.code == join)
        }
    }
}
