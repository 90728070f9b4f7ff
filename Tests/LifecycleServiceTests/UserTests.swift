import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct UserTests {
    @Test func `a user is created, read by id or name in any case, and listed`() async throws {
        try await Site().run { call in
            let body = #"{"userPrincipalName": "bo@example.test", "displayName": "Bo", "mailNickname": "bo"}"#
            let made = try await call.request(.post, "/v1.0/users", as: "admin", body: body)
            #expect(made.status == .created)
            let user = try made.decode(GraphUser.self)
            #expect(user.displayName == "Bo" && user.accountEnabled)
            for key in [user.id, user.id.uppercased(), "bo@example.test", "Bo%40EXAMPLE.test"] {
                #expect(try await call.request(.get, "/beta/users/\(key)", as: "admin").decode(GraphUser.self) == user)
            }
            let listed = try await call.request(.get, "/beta/users", as: "admin").decode(GraphUsers.self)
            #expect(listed.value.map(\.userPrincipalName) == ["ada@example.test", "bo@example.test"] && listed.nextLink == nil)
        }
    }

    @Test func `the pages of the list have every user once`() async throws {
        try await Site().run { call in
            for number in 0..<6 {
                let body = ##"{"userPrincipalName": "user+\##(number)@example.test", "displayName": "User"}"##
                _ = try await call.request(.post, "/beta/users", as: "admin", body: body)
            }
            var next: String? = "/beta/users?$top=3"
            var seen: [String] = []
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(GraphUsers.self)
                seen += page.value.map(\.userPrincipalName)
                next = Caller.path(of: page.nextLink)
            }
            #expect(seen == ["ada@example.test"] + (0..<6).map { "user+\($0)@example.test" })
        }
    }

    @Test func `someone renamed keeps the badge, and the old name is free`() async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let renamed = try await call.request(
                .patch, "/beta/users/ada@example.test", as: "admin", body: #"{"userPrincipalName": "ada.lovelace@example.test"}"#)
            #expect(renamed.status == .noContent)
            #expect(try await call.request(.get, "/beta/users/ada@example.test", as: "admin").status == .notFound)
            #expect(try await call.signIn(badge, "09599786") == .mustChangePIN)
            // The log knows whose badge it is, also when someone else has the old name.
            let other = #"{"userPrincipalName": "ada@example.test", "displayName": "Ada the Second"}"#
            #expect(try await call.request(.post, "/beta/users", as: "admin", body: other).status == .created)
            let event = SignInEvent(
                id: AttemptID.make(at: call.site.clock.now).description, kioskSequence: 1, occurredDateTime: call.site.clock.now,
                result: .signedIn, userPrincipalName: badge.userPrincipalName, qrCodeId: badge.qrCodeID.description,
                clockTrusted: true)
            let batch = String(decoding: try WireJSON.encode(SignInEventBatch(events: [event])), as: UTF8.self)
            _ = try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: batch)
            let log = try await call.request(.get, "/beta/auditLogs/signIns", as: "admin").decode(GraphSignIns.self).value
            #expect(log.map(\.userDisplayName) == ["Ada"] && log.map(\.userPrincipalName) == ["ada@example.test"])
        }
    }

    @Test func `who is disabled cannot sign in until enabled again`() async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            for (isEnabled, result) in [(false, ResultCode.notAllowed), (true, .pinRequired)] {
                let body = ##"{"accountEnabled": \##(isEnabled)}"##
                #expect(
                    try await call.request(.patch, "/beta/users/ada@example.test", as: "admin", body: body).status == .noContent)
                #expect(try await call.start(badge).result == result)
            }
        }
    }

    @Test(arguments: [
        ("{}", HTTPResponse.Status.badRequest), (#"{"userPrincipalName": "x@y", "displayName": 5}"#, .badRequest),
        (#"{"userPrincipalName": "a|b", "displayName": "A"}"#, .badRequest),
        (#"{"userPrincipalName": "", "displayName": "A"}"#, .badRequest),
        (#"{"userPrincipalName": "ADA@example.test", "displayName": "A"}"#, .conflict),
    ])
    func `a user that a badge cannot name, or whose name is taken, is refused`(body: String, status: HTTPResponse.Status)
        async throws
    {
        try await Site().run { call in
            #expect(try await call.request(.post, "/beta/users", as: "admin", body: body).status == status)
            let listed = try await call.request(.get, "/beta/users", as: "admin").decode(GraphUsers.self)
            #expect(listed.value.count == 1)
        }
    }

    @Test(arguments: [
        ("startswith(displayName,'Éva')", ["eva@example.test"]),
        ("displayName eq 'ADA'", ["ada@example.test"]), ("userPrincipalName eq 'ÉVA@example.test'", []),
        ("userPrincipalName eq 'Bo@EXAMPLE.test'", ["bo@example.test"]),
        ("startswith(userPrincipalName,'B') and accountEnabled eq false", ["bo@example.test"]),
        ("accountEnabled ne false", ["ada@example.test", "eva@example.test"]), ("startswith(userPrincipalName,'%')", []),
    ])
    func `a filter lists the people who meet it`(filter: String, expected: [String]) async throws {
        let site = try await Site()
        try await site.store.add(User(userPrincipalName: "bo@example.test", displayName: "Bo", isEnabled: false))
        try await site.store.add(User(userPrincipalName: "eva@example.test", displayName: "Éva"))
        try await site.run { call in
            let reply = try await call.request(.get, Caller.query("/beta/users", [("$filter", filter)]), as: "admin")
            #expect(try reply.decode(GraphUsers.self).value.map(\.userPrincipalName) == expected)
        }
    }

    @Test(arguments: [
        ("$filter", "displayName ne 'Ada'"), ("$filter", "mail eq 'x'"), ("$filter", "accountEnabled eq 'true'"),
        ("$filter", "accountEnabled eq maybe"), ("$search", "x"), ("$top", "1000"),
    ])
    func `what is not understood of the list is a 400 that says so`(name: String, value: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, Caller.query("/beta/users", [(name, value)]), as: "admin")
            let message = (reply.object["error"] as? [String: Any])?["message"] as? String
            #expect(reply.status == .badRequest && message?.contains(name) == true)
        }
    }

    @Test func `who is deleted cannot sign in, and the log still knows them by id`() async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let id = try #require(await call.site.store.user("ada@example.test")?.id)
            let policy = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"
            let target = ##"{"excludeTargets": [{"targetType": "user", "id": "\##(id)"}]}"##
            _ = try await call.request(.patch, policy, as: "admin", body: target)
            #expect(try await call.request(.delete, "/beta/users/ada@example.test", as: "admin").status == .noContent)
            #expect(try await call.request(.get, "/beta/users/\(id)", as: "admin").status == .notFound)
            #expect(try await call.request(.delete, "/beta/users/\(id)", as: "admin").status == .notFound)
            #expect(try await call.request(.get, policy, as: "admin").decode(GraphPolicy.self).excludeTargets.isEmpty)
            #expect(try await call.start(badge).result == .badgeRefused)
            let event = SignInEvent(
                id: AttemptID.make(at: call.site.clock.now).description, kioskSequence: 1, occurredDateTime: call.site.clock.now,
                result: .badgeRefused, userPrincipalName: badge.userPrincipalName, qrCodeId: badge.qrCodeID.description,
                clockTrusted: true)
            let batch = String(decoding: try WireJSON.encode(SignInEventBatch(events: [event])), as: UTF8.self)
            _ = try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: batch)
            let log = try await call.request(.get, "/beta/auditLogs/signIns", as: "admin").decode(GraphSignIns.self).value
            #expect(log.map(\.userId) == [id])
        }
    }
}
