import Crypto
import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@Suite struct TokenTests {
    @Test func `a call without a token is a 401, and one without the role a 403`() async throws {
        try await Site().run { call in
            #expect(try await call.request(.get, Caller.methodPath).status == .unauthorized)
            let forged = try await call.request(.get, Caller.methodPath, headers: [.authorization: "Bearer e30.e30.e30"])
            #expect(forged.status == .unauthorized && forged.errorCode == "unauthenticated")
            let kiosk = try await call.request(.get, Caller.methodPath, as: "kiosk-1")
            #expect(kiosk.status == .forbidden && kiosk.errorCode == "accessDenied")
            #expect(try await call.request(.get, "/kiosk/v1/nonce", as: "admin").status == .forbidden)
            #expect(try await call.request(.get, "/beta/auditLogs/signIns", as: "kiosk-1").status == .forbidden)
        }
    }

    @Test func `a client assertion of an unknown client, for another audience or by another key gets no token`() async throws {
        let site = try await Site()
        try await site.run { call in
            for assertion in [
                try await site.clientAssertion("nobody"), try await site.clientAssertion("admin", audience: "elsewhere"),
                try await site.clientAssertion("admin", key: .init()), "rubbish", "",
            ] {
                #expect(try await call.tokenReply(assertion).status == .unauthorized)
            }
            let reply = try await call.request(.post, "/oauth2/v2.0/token", body: "grant_type=password&username=a&password=b")
            #expect(reply.status == .badRequest)
        }
    }

    @Test func `a token is good again and again, until its time is over, and a changed one never`() async throws {
        let site = try await Site()
        try await site.run { call in
            let token = try await call.token("kiosk-1")
            func status(_ token: String) async throws -> HTTPResponse.Status {
                try await call.request(.get, "/kiosk/v1/nonce", headers: [.authorization: "Bearer " + token]).status
            }
            for _ in 1...3 { #expect(try await status(token) == .ok) }
            #expect(try await status(token + "A") == .unauthorized)
            site.clock.advance(3599)
            #expect(try await status(token) == .ok)
            site.clock.advance(1)
            #expect(try await status(token) == .unauthorized)
        }
    }

    @Test(arguments: [OutsideIssuer.Claim.list([]), .number(1), .list(["a", "b"])])
    func `an assertion with a strange audience is refused, and the service goes on`(audience: OutsideIssuer.Claim) async throws {
        let site = try await Site()
        try await site.run { call async throws in
            let claims = ["iss": OutsideIssuer.Claim.text("admin"), "sub": .text("admin"), "aud": audience]
            let assertion = try await site.outside.token(claims, at: site.clock.now)
            #expect(try await call.tokenReply(assertion).status == .unauthorized)
            #expect(try await call.request(.get, Caller.methodPath, claims: claims).status == .unauthorized)
        }
    }

    @Test func `the issuer's keys are published without their private part`() async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, "/.well-known/jwks.json")
            let key = try #require((reply.object["keys"] as? [[String: Any]])?.first)
            #expect(key["kty"] as? String == "OKP" && key["crv"] as? String == "Ed25519" && key["d"] == nil)
        }
    }
}
