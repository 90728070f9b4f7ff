import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct ImportTests {
    private static func take(_ call: Caller, _ csv: String, as id: String = "admin", createGroups: Bool = false) async throws
        -> Site.Reply
    {
        try await call.request(
            .post, "/admin/v1/users/import" + (createGroups ? "?createGroups=true" : ""), as: id, body: csv,
            headers: [.contentType: "text/csv; charset=utf-8"])
    }

    @Test func `a list is taken once: who is there is updated, never doubled`() async throws {
        try await Site().run { call in
            let csv = """
                displayName;userPrincipalName;groups;accountEnabled;note
                Ada Lovelace;ADA@example.test;"Nurses; Night";;x
                "O'Neil, Bo";bo@example.test;Nurses;FALSE;
                """
            #expect(try await Self.take(call, csv).errorCode == "invalidList", "the groups are not there yet")
            var expected = UserImport()
            (expected.total, expected.created, expected.updated, expected.groupsCreated) = (2, 1, 1, 2)
            let first = try await Self.take(call, csv, createGroups: true)
            #expect(try first.decode(UserImport.self) == expected)
            var again = UserImport()
            (again.total, again.unchanged) = (2, 2)
            #expect(try await Self.take(call, csv).decode(UserImport.self) == again)
            let users = try await call.request(.get, "/beta/users", as: "admin").decode(GraphUsers.self).value
            #expect(users.map(\.userPrincipalName) == ["ada@example.test", "bo@example.test"])
            #expect(users.map(\.displayName) == ["Ada Lovelace", "O'Neil, Bo"] && users.map(\.accountEnabled) == [true, false])
            let of = try await call.request(.get, "/beta/users/ada@example.test/memberOf", as: "admin").decode(GraphGroups.self)
            #expect(of.value.map(\.displayName) == ["Night", "Nurses"])
            let log = try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin").decode(GraphAudits.self).value
            let acts = Dictionary(grouping: log, by: \.activityDisplayName).mapValues(\.count)
            #expect(
                acts == ["Import users": 2, "Add user": 1, "Update user": 1, "Add group": 2, "Add member to group": 3])
        }
    }

    @Test func `every wrong line is named with its cure, and nothing is taken`() async throws {
        try await Site().run { call in
            let csv = """
                userPrincipalName,displayName,groups,accountEnabled
                bo@example.test,Bo,,
                "a|b",Broken,,
                cleo@example.test,,,
                dan@example.test,Dan,,maybe
                BO@example.test,Bo again,,
                eve@example.test,Eve
                """
            let reply = try await Self.take(call, csv)
            #expect(reply.status == .badRequest && reply.errorCode == "invalidList")
            let details = (reply.object["error"] as? [String: Any])?["details"] as? [[String: Any]]
            #expect(details?.map { $0["target"] as? String } == ["line 3", "line 4", "line 5", "line 6", "line 7"])
            let users = try await call.request(.get, "/beta/users", as: "admin").decode(GraphUsers.self).value
            #expect(users.count == 1)
        }
    }

    @Test func `a name that two groups have is refused, an id is not`() async throws {
        let site = try await Site()
        let groups = (0..<2).map { _ in Group(displayName: "Nurses", created: site.clock.now) }
        for group in groups { try await site.store.add(group) }
        try await site.run { call in
            func csv(_ group: String) -> String { "userPrincipalName,displayName,groups\nbo@example.test,Bo,\(group)" }
            #expect(try await Self.take(call, csv("Nurses")).status == .badRequest)
            #expect(try await Self.take(call, csv(groups[1].id)).status == .ok)
            let members = try await call.request(.get, "/beta/groups/\(groups[1].id)/members", as: "admin")
            #expect(try members.decode(GraphUsers.self).value.map(\.userPrincipalName) == ["bo@example.test"])
        }
    }

    @Test(arguments: [
        ("", "line 1"), ("userPrincipalName,displayName\n", "line 1"), ("name,displayName\na,b", "line 1"),
        ("userPrincipalName,displayName\na,\"b", "line 2"),
    ])
    func `what is no list is refused by its line`(csv: String, target: String) async throws {
        try await Site().run { call in
            let reply = try await Self.take(call, csv)
            let details = (reply.object["error"] as? [String: Any])?["details"] as? [[String: Any]]
            #expect(reply.status == .badRequest && details?.first?["target"] as? String == target)
        }
    }

    @Test func `a list in another form is refused, and one with groups needs the permission for them`() async throws {
        let site = try await Site()
        try await site.admit("people", roles: ["User.ReadWrite.All"])
        try await site.run { call in
            let json = try await call.request(.post, "/admin/v1/users/import", as: "admin", body: "{}")
            #expect(json.status == .unsupportedMediaType)
            let grouped = "userPrincipalName,displayName,groups\nbo@example.test,Bo,Nurses"
            #expect(try await Self.take(call, grouped, as: "people", createGroups: true).status == .forbidden)
            let plain = "userPrincipalName,displayName,groups\nbo@example.test,Bo,"
            #expect(try await Self.take(call, plain, as: "people").status == .ok)
            #expect(try await Self.take(call, plain, as: "kiosk-1").status == .forbidden)
        }
    }
}
