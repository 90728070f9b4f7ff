import Credential
import Crypto
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleService
import Testing

@testable import LifecycleStore

@Suite struct EnrolmentTests {
    /// Makes a code as the administrator does.
    static func code(_ call: Caller, _ body: String = #"{"displayName": "Gate 1", "group": "gates"}"#) async throws
        -> EnrolmentCode
    {
        let reply = try await call.request(.post, "/admin/v1/enrolmentCodes", as: "admin", body: body)
        #expect(reply.status == .created)
        let code = try #require(reply.decode(EnrolmentCodeAnswer.self).code)
        return try #require(EnrolmentCode(code))
    }

    static func enrol(
        _ call: Caller, _ text: String, _ code: EnrolmentCode, key: Curve25519.Signing.PrivateKey,
        signedBy signer: Curve25519.Signing.PrivateKey? = nil
    ) async throws -> Site.Reply {
        let publicKey = [UInt8](key.publicKey.rawRepresentation)
        let proof = try (signer ?? key).signature(for: KeyClaim.enrolment(code).canonicalBytes(publicKey: publicKey))
        let request = EnrolmentRequest(code: text, publicKey: Base64URL.encode(publicKey), proof: Base64URL.encode(proof))
        return try await call.request(
            .post, "/kiosk/v1/enrol", body: String(decoding: WireJSON.encode(request), as: UTF8.self))
    }

    static func kiosks(_ call: Caller) async throws -> [KioskAnswer] {
        try await call.request(.get, "/admin/v1/kiosks", as: "admin").decode(GraphPage<KioskAnswer>.self).value
    }

    @Test func `a code admits one kiosk, with the key that it holds, and its own repetition`() async throws {
        let site = try await Site()
        try await site.run { call in
            let code = try await Self.code(call)
            let (key, other) = (Curve25519.Signing.PrivateKey(), Curve25519.Signing.PrivateKey())
            #expect(try await Self.enrol(call, code.text, code, key: key, signedBy: other).errorCode == "invalidProof")
            // As a person types it.
            let typed = code.text.lowercased().replacing("-", with: " ").replacing("0", with: "o").replacing("1", with: "l")
            let reply = try await Self.enrol(call, typed, code, key: key)
            #expect(reply.status == .created)
            let enrolment = try reply.decode(Enrolment.self)
            #expect(enrolment.displayName == "Gate 1" && enrolment.issuer == Issuer.defaultName)
            #expect(try await Self.enrol(call, code.text, code, key: key).decode(Enrolment.self) == enrolment)
            let second = try await Self.enrol(call, code.text, code, key: other)
            #expect(second.status == .forbidden && second.errorCode == "invalidEnrolmentCode")
            let assertion = try await site.clientAssertion(enrolment.clientId, key: key)
            let token = try await call.tokenReply(assertion).decode(TokenResponse.self).accessToken
            let nonce = try await call.request(.get, "/kiosk/v1/nonce", headers: [.authorization: "Bearer \(token)"])
            #expect(nonce.status == .ok)
            let kiosk = try #require(await Self.kiosks(call).first { $0.id == enrolment.clientId })
            #expect(kiosk.group == "gates" && kiosk.enrolledDateTime == site.clock.now && kiosk.lastSeenDateTime == nil)
        }
    }

    @Test func `a code ends with its time, can be taken back, and is listed without itself`() async throws {
        let site = try await Site()
        try await site.run { call in
            let path = "/admin/v1/enrolmentCodes"
            let first = try await Self.code(call, #"{"displayName": "A", "lifetimeInMinutes": 1}"#)
            site.clock.advance(60)
            #expect(try await Self.enrol(call, first.text, first, key: .init()).status == .forbidden)
            let second = try await Self.code(call)
            let listed = try await call.request(.get, path, as: "admin")
            let codes = try listed.decode(GraphPage<EnrolmentCodeAnswer>.self).value
            #expect(codes.count == 1 && codes[0].code == nil && codes[0].expireDateTime == site.clock.now + 3600)
            #expect(try await call.request(.delete, "\(path)/\(codes[0].id)", as: "admin").status == .noContent)
            #expect(try await call.request(.delete, "\(path)/\(codes[0].id)", as: "admin").status == .notFound)
            #expect(try await Self.enrol(call, second.text, second, key: .init()).status == .forbidden)
            let rows = try await site.database.read { try $0.rows("SELECT * FROM enrolment_codes") }
            #expect(!"\(rows)".contains(first.text.prefix(5)))
            for body in [#"{"displayName": ""}"#, #"{"displayName": "A", "lifetimeInMinutes": 0}"#, "{}"] {
                #expect(try await call.request(.post, path, as: "admin", body: body).status == .badRequest)
            }
            #expect(try await call.request(.post, path, as: "kiosk-1", body: #"{"displayName": "A"}"#).status == .forbidden)
        }
    }

    private static func guess(_ call: Caller, from address: String) async throws -> HTTPResponse.Status {
        let body = #"{"code": "AAAA-BBBB-CCCC-DDDD", "publicKey": "", "proof": ""}"#
        let origin = HTTPField.Name("x-forwarded-for")!  // A literal that is a token.
        return try await call.request(.post, "/kiosk/v1/enrol", body: body, headers: [origin: address]).status
    }

    @Test func `guesses at codes are limited by the address that they come from`() async throws {
        let site = try await Site()
        var exposure = Exposure()
        exposure.isBehindProxy = true
        exposure.limits.address = CallRate(perSecond: 0.001, burst: 3)
        try await site.run(site.restarted(exposure)) { call in
            var answers: [HTTPResponse.Status] = []
            for last in [9, 9, 9, 9, 10] { answers.append(try await Self.guess(call, from: "203.0.113.\(last)")) }
            #expect(answers == [.forbidden, .forbidden, .forbidden, .tooManyRequests, .forbidden])
        }
    }

    @Test func `a revoked kiosk is refused with the token that it has, and its attempts end`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            let started = try await call.start(badge)
            let bearer: HTTPFields = [.authorization: "Bearer " + (try await call.token("kiosk-1"))]
            let nonce = try await call.request(.get, "/kiosk/v1/nonce", headers: bearer).decode(NonceResponse.self).nonce
            #expect(try await call.request(.post, "/admin/v1/kiosks/kiosk-1/revoke", as: "admin").status == .noContent)
            #expect(try await call.request(.post, "/admin/v1/kiosks/kiosk-1/revoke", as: "admin").status == .noContent)
            #expect(try await call.request(.post, "/admin/v1/kiosks/nobody/revoke", as: "admin").status == .notFound)
            for path in ["nonce", "changes"] {
                #expect(try await call.request(.get, "/kiosk/v1/\(path)", headers: bearer).status == .unauthorized)
            }
            for (path, body) in [
                ("signIns/\(started.id)/pin", #"{"pin": "35387687"}"#), ("signInEvents", #"{"events": []}"#), ("key", "{}"),
                ("health", "{}"), ("signIns/\(started.id)/newPin", #"{"newPin": "35387687"}"#),
            ] {
                let reply = try await call.request(.post, "/kiosk/v1/\(path)", body: body, headers: bearer)
                #expect(reply.status == .unauthorized, "\(path)")
            }
            let proof = SignInStart(
                id: AttemptID.make(at: site.clock.now).description, userPrincipalName: "a",
                qrCodeId: QRCodeID.random().description, nonce: nonce, proofMilliseconds: 1, proof: "AAAA")
            let start = try await call.request(
                .post, "/kiosk/v1/signIns", body: String(decoding: WireJSON.encode(proof), as: UTF8.self), headers: bearer)
            #expect(start.status == .unauthorized)
            #expect(try await call.tokenReply(site.clientAssertion("kiosk-1")).status == .unauthorized)
            // The command line may let it in again; what was begun before has ended all the same.
            try await site.admit("kiosk-1", roles: [Role.kioskSignIn.rawValue])
            let late = try await call.request(
                .post, "/kiosk/v1/signIns/\(started.id)/pin", as: "kiosk-1", body: #"{"pin": "35387687"}"#)
            #expect(late.status == .notFound)
        }
    }

    @Test func `a kiosk takes another key that it holds, and the old one gets no token`() async throws {
        let site = try await Site()
        try await site.run { call in
            let key = Curve25519.Signing.PrivateKey()
            let publicKey = [UInt8](key.publicKey.rawRepresentation)
            let claim = KeyClaim.change(kioskID: "kiosk-1").canonicalBytes(publicKey: publicKey)
            for (signer, status) in [(site.clientKey, HTTPResponse.Status.badRequest), (key, .noContent)] {
                let change = KeyChange(
                    publicKey: Base64URL.encode(publicKey), proof: Base64URL.encode(try signer.signature(for: claim)))
                let body = String(decoding: try WireJSON.encode(change), as: UTF8.self)
                #expect(try await call.request(.post, "/kiosk/v1/key", as: "kiosk-1", body: body).status == status)
            }
            #expect(try await call.tokenReply(site.clientAssertion("kiosk-1")).status == .unauthorized)
            #expect(try await call.tokenReply(site.clientAssertion("kiosk-1", key: key)).status == .ok)
        }
    }

    @Test func `kiosks are listed in pages with their health, and are renamed and grouped`() async throws {
        let site = try await Site()
        try await site.run { call in
            site.clock.advance(10)
            let health = KioskHealth(
                version: "0.1.0", camera: "absent", outboxDepth: 3, scannerCrashes: 1, clockTrusted: true,
                dateTime: site.clock.now - 1.5)
            let body = String(decoding: try WireJSON.encode(health), as: UTF8.self)
            #expect(try await call.request(.post, "/kiosk/v1/health", as: "kiosk-2", body: body).status == .noContent)
            let first = try await call.request(.get, "/admin/v1/kiosks?$top=1", as: "admin").decode(GraphPage<KioskAnswer>.self)
            #expect(first.value.map(\.id) == ["kiosk-1"] && first.value[0].health == nil)
            let link = try #require(first.nextLink)
            let path = try #require(link.range(of: "/admin")).lowerBound
            let rest = try await call.request(.get, String(link[path...]), as: "admin").decode(GraphPage<KioskAnswer>.self)
            #expect(rest.value.map(\.id) == ["kiosk-2"] && rest.nextLink == nil)
            #expect(rest.value[0].lastSeenDateTime == site.clock.now && rest.value[0].health?.camera == "absent")
            #expect(rest.value[0].health?.outboxDepth == 3 && rest.value[0].health?.clockOffsetMilliseconds == -1500)
            let change = #"{"displayName": "North gate", "group": "gates"}"#
            #expect(try await call.request(.patch, "/admin/v1/kiosks/kiosk-2", as: "admin", body: change).status == .noContent)
            #expect(try await call.request(.patch, "/admin/v1/kiosks/kiosk-2", as: "kiosk-1", body: change).status == .forbidden)
            let renamed = try await call.request(.get, "/admin/v1/kiosks/kiosk-2", as: "admin").decode(KioskAnswer.self)
            #expect(renamed.displayName == "North gate" && renamed.group == "gates")
            _ = try await call.request(.patch, "/admin/v1/kiosks/kiosk-2", as: "admin", body: #"{"group": ""}"#)
            #expect(try await Self.kiosks(call)[1].group == nil)
            #expect(try await call.request(.get, "/admin/v1/kiosks/nobody", as: "admin").status == .notFound)
        }
    }

    @Test func `what is done to kiosks is in the audit log, without the code`() async throws {
        let site = try await Site()
        try await site.run { call in
            let code = try await Self.code(call)
            _ = try await Self.enrol(call, code.text, code, key: .init())
            _ = try await Self.enrol(call, EnrolmentCode.random().text, code, key: .init())
            _ = try await call.request(.patch, "/admin/v1/kiosks/kiosk-1", as: "admin", body: #"{"displayName": "X"}"#)
            for _ in 1...2 { _ = try await call.request(.post, "/admin/v1/kiosks/kiosk-1/revoke", as: "admin") }
            let acts = try await site.store.audits(AuditQuery())
            #expect(
                Set(acts.map(\.activity.name)) == [
                    "Add kiosk enrolment code", "Enrol kiosk", "Update kiosk", "Revoke kiosk",
                ] && acts.count == 4)
            #expect(!"\(acts)".contains(code.text))
        }
    }
}
