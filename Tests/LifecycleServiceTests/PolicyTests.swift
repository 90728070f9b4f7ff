import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@Suite struct PolicyTests {
    static let path = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"

    @Test func `a new site's policy lets everyone in, with Graph's defaults for PIN and lifetime`() async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, Self.path, as: "admin")
            let policy = try reply.decode(GraphPolicy.self)
            #expect(policy.state == "enabled" && policy.pinLength == 8 && policy.standardQRCodeLifetimeInDays == 365)
            #expect(reply.object["@odata.type"] as? String == "#microsoft.graph.qrCodePinAuthenticationMethodConfiguration")
            let target = try #require((reply.object["includeTargets"] as? [[String: Any]])?.first)
            #expect(target["targetType"] as? String == "group" && target["id"] as? String == "all_users")
            #expect(target["isRegistrationRequired"] as? Bool == false)
            #expect(reply.object["includeTargets@odata.context"] is String)
        }
    }

    @Test func `a change touches only what it names; a deletion goes back to Graph's default, which is disabled`() async throws {
        try await Site().run { call in
            let type = ##""@odata.type": "#microsoft.graph.qrCodePinAuthenticationMethodConfiguration""##
            let changed = try await call.request(.patch, Self.path, as: "admin", body: "{\(type), \"pinLength\": 10}")
            #expect(changed.status == .ok && changed.object["pinLength"] as? Int == 10)
            #expect(changed.object["state"] as? String == "enabled")
            let v1 = Self.path.replacingOccurrences(of: "/beta/", with: "/v1.0/").lowercased()
            #expect(try await call.request(.get, v1, as: "admin").object["pinLength"] as? Int == 10)
            #expect(try await call.request(.delete, Self.path, as: "admin").status == .noContent)
            let policy = try await call.request(.get, Self.path, as: "admin").decode(GraphPolicy.self)
            #expect(policy.state == "disabled" && policy.pinLength == 8)
        }
    }

    @Test(arguments: [
        #"{"pinLength": 7}"#, #"{"pinLength": 21}"#, #"{"standardQRCodeLifetimeInDays": 0}"#,
        #"{"standardQRCodeLifetimeInDays": 396}"#, #"{"state": "on"}"#, ##"{"@odata.type": "#microsoft.graph.user"}"##,
        #"{"includeTargets": [{"targetType": "user", "id": "nobody@example.test"}]}"#,
        #"{"excludeTargets": [{"targetType": "group", "id": "night shift"}]}"#,
    ])
    func `what the contract does not allow is a 400 and changes nothing`(body: String) async throws {
        try await Site().run { call in
            let before = try await call.request(.get, Self.path, as: "admin").data
            let reply = try await call.request(.patch, Self.path, as: "admin", body: body)
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
            #expect(try await call.request(.get, Self.path, as: "admin").data == before)
        }
    }

    @Test(arguments: [
        #"{"state": "disabled"}"#, #"{"includeTargets": []}"#,
        #"{"excludeTargets": [{"targetType": "user", "id": "ada@example.test"}]}"#,
    ])
    func `whom the policy leaves out cannot sign in, and can again when it does not`(body: String) async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            _ = try await call.request(.patch, Self.path, as: "admin", body: body)
            #expect(try await call.start(badge).result == .notAllowed)
            let back =
                ##"{"state": "enabled", "includeTargets": [{"targetType": "user", "id": "ada@example.test"}], "excludeTargets": []}"##
            #expect(try await call.request(.patch, Self.path, as: "admin", body: back).status == .ok)
            #expect(try await call.start(badge).result == .pinRequired)
        }
    }

    @Test func `the policy's lifetime is what a code gets that asks for none, and its PIN length the fewest digits`() async throws
    {
        let site = try await Site()
        try await site.run { call in
            let body = #"{"pinLength": 12, "standardQRCodeLifetimeInDays": 30}"#
            _ = try await call.request(.patch, Self.path, as: "admin", body: body)
            let short = #"{"standardQRCode": {}, "pin": {"code": "09599786"}}"#
            let refused = try await call.request(.put, Caller.methodPath, as: "admin", body: short)
            #expect(refused.status == .badRequest && refused.errorCode == "pinTooShort")
            let (_, method) = try await call.issue(#"{"standardQRCode": {}}"#)
            #expect(method.pin?.code?.count == 12)
            #expect(method.standardQRCode?.expireDateTime == site.clock.now.addingTimeInterval(30 * 86_400))
            let reset = try await call.request(.patch, Caller.methodPath + "/pin", as: "admin", body: "{}")
            #expect((reset.object["code"] as? String)?.count == 12)
        }
    }

    @Test func `a PIN that a longer minimum has outgrown is changed at the next sign-in`() async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let first = try await call.start(badge)
            #expect(try await call.submit("09599786", to: first.id).result == .mustChangePIN)
            #expect(try await call.submit(newPIN: "56745755", to: first.id).result == .signedIn)
            #expect(try await call.signIn(badge, "56745755") == .signedIn)
            _ = try await call.request(.patch, Self.path, as: "admin", body: #"{"pinLength": 10}"#)
            let next = try await call.start(badge)
            #expect(next.pinLength == 10 && next.mustChangePin == true)
            #expect(try await call.submit("56745755", to: next.id).result == .mustChangePIN)
            #expect(try await call.submit(newPIN: "353876871", to: next.id).result == .weakPIN)
        }
    }
}

@Suite struct AccessTests {
    enum Operation: String, CaseIterable {
        case readMethod, createMethod, changeCode, resetPIN, listMethods, readPolicy, changePolicy, readSignIns, readUser,
            changeUser

        var call: (method: HTTPRequest.Method, path: String, body: String?) {
            switch self {
            case .readMethod: (.get, Caller.methodPath, nil)
            case .createMethod: (.put, Caller.methodPath, #"{"standardQRCode": {}}"#)
            case .changeCode: (.patch, Caller.methodPath + "/standardQRCode", "{}")
            case .resetPIN: (.patch, Caller.methodPath + "/pin", "{}")
            case .listMethods: (.get, "/beta/users/ada@example.test/authentication/methods", nil)
            case .readPolicy: (.get, PolicyTests.path, nil)
            case .changePolicy: (.patch, PolicyTests.path, "{}")
            case .readUser: (.get, "/beta/users/ada@example.test", nil)
            case .changeUser: (.patch, "/beta/users/ada@example.test", "{}")
            case .readSignIns: (.get, "/beta/auditLogs/signIns", nil)
            }
        }
    }

    /// Microsoft's permissions registry of 7 August 2026, application permissions (Graph contract §8).
    static let registry: [String: Set<Operation>] = [
        "UserAuthMethod-QR.Read.All": [.readMethod],
        "UserAuthMethod-QR.ReadWrite.All": [.readMethod, .createMethod, .changeCode, .resetPIN],
        "UserAuthenticationMethod.Read.All": [.readMethod, .listMethods],
        "UserAuthenticationMethod.ReadWrite.All": [.readMethod, .createMethod, .changeCode, .resetPIN, .listMethods],
        "Policy.Read.AuthenticationMethod": [.readPolicy], "Policy.Read.All": [.readPolicy],
        "Policy.ReadWrite.AuthenticationMethod": [.readPolicy, .changePolicy],
        "User.Read.All": [.readUser], "Directory.Read.All": [.readUser], "User.ReadWrite.All": [.readUser, .changeUser],
        "AuditLog.Read.All": [.readSignIns], "Kiosk.SignIn": [],
    ]

    @Test(arguments: registry.keys.sorted())
    func `a permission opens the operations that the registry names and no other`(permission: String) async throws {
        let site = try await Site()
        try await site.run { call in
            try await site.admit("caller", roles: [permission])
            for operation in Operation.allCases {
                let (method, path, body) = operation.call
                let reply = try await call.request(method, path, as: "caller", body: body)
                let isOpen = Self.registry[permission]?.contains(operation) == true
                #expect((reply.status != .forbidden) == isOpen, "\(permission) \(operation) \(reply.status)")
                if !isOpen { #expect(reply.errorCode == "accessDenied") }
                #expect(try await call.request(method, path, body: body).status == .unauthorized)
            }
        }
    }
}

@Suite struct ResourceTests {
    @Test func `the list of methods has the QR code and PIN method when there is one`() async throws {
        try await Site().run { call in
            let path = "/v1.0/users/ada@example.test/authentication/methods"
            #expect(try await call.request(.get, path, as: "admin").decode(GraphMethods.self).value.isEmpty)
            let (_, method) = try await call.issue()
            let listed = try await call.request(.get, path, as: "admin")
            #expect(try listed.decode(GraphMethods.self).value.map(\.id) == [method.id])
            #expect(!String(decoding: listed.data, as: UTF8.self).contains("09599786"))
        }
    }

    @Test func `without its PIN a badge is refused, until a reset makes a new one`() async throws {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let path = Caller.methodPath + "/pin"
            #expect(try await call.request(.delete, path, as: "admin").status == .noContent)
            #expect(try await call.request(.delete, path, as: "admin").status == .notFound)
            #expect(try await call.request(.get, path, as: "admin").status == .notFound)
            #expect(try await call.start(badge).result == .badgeRefused)
            let reset = try await call.request(.patch, path, as: "admin", body: "{}")
            #expect(reset.status == .created)
            let pin = try #require(reset.object["code"] as? String)
            #expect(try await call.signIn(badge, pin) == .mustChangePIN)
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.patch, Caller.methodPath, "GET, HEAD, PUT, DELETE"),
        (.post, Caller.methodPath, "GET, HEAD, PUT, DELETE"),
        (.put, Caller.methodPath + "/standardQRCode", "GET, HEAD, PATCH, DELETE"),
        (.post, Caller.methodPath + "/pin", "GET, HEAD, PATCH, DELETE"), (.put, PolicyTests.path, "GET, HEAD, PATCH, DELETE"),
        (.post, "/beta/users/ada@example.test/authentication/methods", "GET, HEAD"),
    ])
    func `a method that a resource does not have is a 405 that names those it has`(
        method: HTTPRequest.Method, path: String, allowed: String
    ) async throws {
        try await Site().run { call in
            let reply = try await call.request(method, path, as: "admin", body: "{}")
            #expect(reply.status == .methodNotAllowed && reply.errorCode == "notSupported")
            #expect(reply.headers[.allow] == allowed)
        }
    }
}
