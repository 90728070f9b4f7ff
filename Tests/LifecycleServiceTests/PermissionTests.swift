import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@testable import LifecycleService

/// Who may do what: Microsoft's permissions registry (Fixtures/qr-permissions.json) and the roles of the Graph contract §8.
@Suite struct PermissionTests {
    struct Row: Decodable {
        let path: String
        let methods: [String]
        let scope: String
        let schemes: [String]
    }

    struct Operation: Hashable, CustomTestStringConvertible {
        let path: String
        let method: String
        var testDescription: String { "\(method) \(path)" }
    }

    static let registry: [Row] = {
        guard let url = Bundle.module.url(forResource: "Fixtures/qr-permissions", withExtension: "json"),
            let data = try? Data(contentsOf: url)
        else { return [] }
        return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
    }()

    static let operations = Set(registry.flatMap { row in row.methods.map { Operation(path: row.path, method: $0) } })
        .sorted { $0.testDescription < $1.testDescription }

    @Test func `the registry is all there`() {
        #expect(Self.operations.count == 31)
        #expect(Set(Self.registry.map(\.scope)).isSubset(of: Role.allCases.map(\.rawValue)))
    }

    @Test(arguments: operations)
    func `each permission of the registry opens the operation, and no other one does`(operation: Operation) async throws {
        let site = try await Site()
        try await site.run { call in
            let rows = Self.registry.filter { $0.path == operation.path && $0.methods.contains(operation.method) }
            let path = "/beta" + operation.path.replacingOccurrences(of: "{id}", with: "ada@example.test")
            let method = try #require(HTTPRequest.Method(operation.method))
            let body = ["PUT": #"{"standardQRCode": {}}"#, "PATCH": "{}"][operation.method]
            for scheme in ["Application", "DelegatedWork"] {
                var allowed = Set(rows.filter { $0.schemes.contains(scheme) }.map(\.scope))
                // Its generic row for any configuration, which is not in the fixture (Graph contract §8).
                if method == .get, operation.path.hasPrefix("/policies/") { allowed.insert(Role.policyReadAll.rawValue) }
                for scope in Role.allCases.map(\.rawValue) {
                    let everyRole = OutsideIssuer.Claim.list(DirectoryRole.allCases.map(\.templateID))
                    let claims: [String: OutsideIssuer.Claim] =
                        scheme == "Application"
                        ? ["azp": .text("app"), "roles": .list([scope])]
                        : ["upn": .text("ada@example.test"), "scp": .text(scope), "wids": everyRole]
                    let reply = try await call.request(method, path, claims: claims, body: body)
                    let message = Comment(rawValue: "\(scheme) \(scope): \(reply.status)")
                    switch (scheme, allowed.contains(scope)) {
                    // The registry has it, the metadata has not (Graph contract §2 row 4, §13 U11).
                    case _ where method == .patch && path.hasSuffix("/qrcodepinmethod"):
                        #expect(reply.status == .methodNotAllowed, message)
                    // The registry names application permissions for some of /me, but there is nobody whom it could mean.
                    case ("Application", true) where path.hasPrefix("/beta/me/"):
                        #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest", message)
                    case ("Application", false) where path.hasPrefix("/beta/me/"):
                        #expect([.badRequest, .forbidden].contains(reply.status), message)
                    case (_, true): #expect(![.unauthorized, .forbidden].contains(reply.status), message)
                    case (_, false): #expect(reply.status == .forbidden && reply.errorCode == "accessDenied", message)
                    }
                }
            }
        }
    }

    static let others = Caller.methodPath
    static let everyScope = Role.allCases.map(\.rawValue).joined(separator: " ")

    /// The roles of the Graph contract §8, last paragraph.
    @Test(arguments: [
        ("GET", others, ["Authentication Administrator", "Privileged Authentication Administrator", "Global Reader"]),
        ("PUT", others, ["Authentication Administrator", "Privileged Authentication Administrator"]),
        ("PATCH", others + "/pin", ["Authentication Administrator", "Privileged Authentication Administrator"]),
        ("DELETE", others + "/standardQRCode", ["Authentication Administrator", "Privileged Authentication Administrator"]),
        ("PATCH", others + "/pin/updatePin", []), ("POST", others + "/pin/updatePin", []),
        ("GET", PolicyTests.path, ["Authentication Policy Administrator", "Global Reader"]),
        ("PATCH", PolicyTests.path, ["Authentication Policy Administrator"]),
    ])
    func `for what is another's, a person needs one of the directory roles`(method: String, path: String, roles: [String])
        async throws
    {
        let site = try await Site()
        try await site.run { call in
            let method = try #require(HTTPRequest.Method(method))
            for role in DirectoryRole.allCases {
                for claim in [("wids", role.templateID), ("directoryRoles", role.rawValue)] {
                    let reply = try await call.request(
                        method, path,
                        claims: ["upn": .text("boss@example.test"), "scp": .text(Self.everyScope), claim.0: .list([claim.1])],
                        body: "{}")
                    #expect(
                        (reply.status != .forbidden) == roles.contains(role.rawValue), "\(role) by \(claim.0): \(reply.status)")
                }
            }
        }
    }

    @Test func `a person needs no role for what is their own, by whatever name, and learns nothing of others`() async throws {
        let site = try await Site()
        try await site.run { call in
            _ = try await call.issue()
            let id = try #require(await site.store.user("ada@example.test")?.id)
            let names: [[String: OutsideIssuer.Claim]] = [
                ["oid": .text(id)], ["oid": .text(id.uppercased())], ["upn": .text("ADA@example.test")],
                ["preferred_username": .text("ada@example.test")], ["sub": .text(id)],
                ["oid": .text(UUID().uuidString), "upn": .text("ada@example.test"), "sub": .text("x")],
            ]
            for name in names {
                let claims = name.merging(["scp": .text("openid UserAuthMethod-QR.Read")]) { $1 }
                for path in [
                    "/v1.0/me/authentication/qrCodePinMethod", Self.others, "/beta/users/\(id)/authentication/qrCodePinMethod",
                ] {
                    #expect(try await call.request(.get, path, claims: claims).status == .ok, "\(name.keys.sorted()) \(path)")
                }
            }
            let bo = ["upn": OutsideIssuer.Claim.text("bo@example.test"), "scp": .text("UserAuthMethod-QR.Read")]
            #expect(try await call.request(.get, "/beta/me/authentication/qrCodePinMethod", claims: bo).status == .notFound)
            let known = try await call.request(.get, Self.others, claims: bo)
            let unknown = try await call.request(.get, Self.others.replacingOccurrences(of: "ada", with: "nobody"), claims: bo)
            #expect(known.status == .forbidden && unknown.status == .forbidden)
        }
    }

    @Test func `a disabled person's token opens nothing, and no outside token makes a kiosk`() async throws {
        let site = try await Site()
        try await site.run { call in
            let claims = Caller.ada(Self.everyScope, roles: ["Authentication Administrator"])
            _ = try await call.request(.patch, "/beta/users/ada@example.test", as: "admin", body: #"{"accountEnabled": false}"#)
            #expect(try await call.request(.get, Self.others, claims: claims).status == .forbidden)
            let kiosk = ["azp": OutsideIssuer.Claim.text("kiosk-1"), "roles": .list(["Kiosk.SignIn"])]
            #expect(try await call.request(.get, "/kiosk/v1/nonce", claims: kiosk).status == .forbidden)
        }
    }
}

@Suite struct TrustedIssuerTests {
    static let path = "/beta/auditLogs/signIns"
    static let claims: [String: OutsideIssuer.Claim] = ["azp": .text("app"), "roles": .list(["AuditLog.Read.All"])]

    @Test(arguments: [
        ["aud": OutsideIssuer.Claim.text("another")], ["aud": .list([])], ["iss": .text("https://else.example.test")],
        ["iss": .text(Issuer.defaultName)], ["exp": .number(1_795_521_600)], ["nbf": .number(1_795_521_600 + 301)],
    ])
    func `a token that is for another, of another, over or not yet valid is a 401`(wrong: [String: OutsideIssuer.Claim])
        async throws
    {
        try await Site().run { call in
            let reply = try await call.request(.get, Self.path, claims: Self.claims.merging(wrong) { $1 })
            #expect(reply.status == .unauthorized && reply.headers[.wwwAuthenticate] == "Bearer")
            #expect(
                try await call.request(.get, Self.path, claims: Self.claims.merging(["aud": .list(["x", "api://qrpin"])]) { $1 })
                    .status == .ok)
        }
    }

    @Test func `a token that is not signed by the key that it names is a 401`() async throws {
        let site = try await Site()
        try await site.run { call in
            let token = try await site.outside.token(Self.claims, at: site.clock.now)
            let parts = token.split(separator: ".")
            // {"alg":"none","kid":"first"}
            let none = "eyJhbGciOiJub25lIiwia2lkIjoiZmlyc3QifQ.\(parts[1])."
            for bad in [none, "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))", "\(parts[0]).\(parts[1])"] {
                #expect(try await call.request(.get, Self.path, token: bad).status == .unauthorized)
            }
            for kid in ["secret", "other", ""] {
                let stranger = try await site.outside.token(Self.claims, at: site.clock.now, kid: kid)
                #expect(try await call.request(.get, Self.path, token: stranger).status == .unauthorized)
            }
            #expect(try await call.request(.get, Self.path, token: token).status == .ok)
        }
    }

    @Test func `keys are fetched once, again for a key that is not known, and at most once a minute`() async throws {
        let site = try await Site()
        try await site.run { call in
            let old = try await site.outside.token(Self.claims, at: site.clock.now)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { try await call.request(.get, Self.path, token: old).status } }
                for try await status in group { #expect(status == .ok) }
            }
            #expect(site.outside.fetches == 1)
            site.outside.rotate(to: "second")
            let new = try await site.outside.token(Self.claims, at: site.clock.now)
            #expect(try await call.request(.get, Self.path, token: new).status == .unauthorized)
            #expect(site.outside.fetches == 1)
            site.clock.advance(61)
            #expect(try await call.request(.get, Self.path, token: new).status == .ok)
            #expect(site.outside.fetches == 2)
            #expect(
                try await call.request(.get, Self.path, token: old).status == .unauthorized, "the issuer has withdrawn its key")
        }
    }
}
