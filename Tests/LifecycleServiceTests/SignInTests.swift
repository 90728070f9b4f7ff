import Credential
import Foundation
import HTTPTypes
import JWTKit
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Testing

@Suite struct SignInTests {
    /// Issues a badge and replaces its temporary PIN by 35387687.
    static func ready(_ call: Caller) async throws -> BadgePayload {
        let badge = try await call.issue().badge
        let started = try await call.start(badge)
        #expect(try await call.submit("09599786", to: started.id).result == .mustChangePIN)
        #expect(try await call.submit(newPIN: "35387687", to: started.id).result == .signedIn)
        return badge
    }

    @Test func `a temporary PIN must be changed, and then the new one signs in with an assertion`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await call.issue().badge
            let started = try await call.start(badge)
            #expect(started.result == .pinRequired && started.mustChangePin == true && started.pinLength == 8)
            #expect(try await call.submit("09599786", to: started.id).result == .mustChangePIN)
            let verdict = try await call.submit(newPIN: "35387687", to: started.id)
            #expect(verdict.result == .signedIn)
            let jwks = try await call.request(.get, "/.well-known/jwks.json").data
            let keys = try await JWTKeyCollection().add(jwksJSON: String(decoding: jwks, as: UTF8.self))
            // The library checks the signature; the clock of this test is not the wall's, so the times are not looked at.
            let payload = try await keys.verify(#require(verdict.assertion), as: AssertionClaims.self)
            #expect(payload.amr == ["qr", "pin"] && payload.upn == "ada@example.test" && payload.jti == started.id)
            #expect(payload.kiosk == "kiosk-1")
            let method = try await call.request(.get, Caller.methodPath, as: "admin").decode(GraphMethod.self)
            #expect(method.pin?.forceChangePinNextSignIn == false && method.standardQRCode?.lastUsedDateTime == site.clock.now)
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
            #expect(try await call.signIn(badge, "09599786") == .wrongPIN)
        }
    }

    struct AssertionClaims: JWTPayload {
        let amr: [String]
        let upn: String
        let jti: String
        let kiosk: String
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    @Test(arguments: [("12345678", "run"), ("1234567", "digits"), ("09599786", "differ")])
    func `a new PIN that is weak or the old one is refused with its reason`(pin: String, word: String) async throws {
        try await Site().run { call in
            let started = try await call.start(call.issue().badge)
            _ = try await call.submit("09599786", to: started.id)
            let verdict = try await call.submit(newPIN: pin, to: started.id)
            #expect(verdict.result == .weakPIN && verdict.reason?.contains(word) == true)
        }
    }

    @Test func `an unknown code, a deleted one and a forged proof look alike`() async throws {
        try await Site().run { call in
            let badge = try await call.issue().badge
            let unknown = try BadgePayload(userPrincipalName: "ada@example.test", qrCodeID: .random(), key: .random())
            let forged = try await call.start(badge, key: .random())
            #expect(forged == SignInStarted(id: forged.id, result: .badgeRefused))
            #expect(try await call.start(unknown).result == .badgeRefused)
            _ = try await call.request(.delete, Caller.methodPath + "/standardQRCode", as: "admin")
            #expect(try await call.start(badge).result == .badgeRefused)
        }
    }

    @Test func `a code is refused before its start and from its expiry on`() async throws {
        let site = try await Site()
        try await site.run { call in
            let body = #"{"standardQRCode": {"startDateTime": "2026-11-24T13:00:00Z", "expireDateTime": "2026-11-26T12:00:00Z"}}"#
            let badge = try await call.issue(body).badge
            #expect(try await call.start(badge).result == .notYetValid)
            site.clock.advance(3600)
            #expect(try await call.start(badge).result == .pinRequired)
            site.clock.advance(47 * 3600 - 1)
            let last = try await call.start(badge)
            #expect(last.result == .pinRequired)
            site.clock.advance(1)
            #expect(try await call.start(badge).result == .expired)
            #expect(try await call.submit("09599786", to: last.id).result == .badgeRefused)
        }
    }

    @Test func `an attempt takes one PIN, from its own kiosk, within five minutes`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await Self.ready(call)
            let first = try await call.start(badge)
            let body = #"{"pin": "35387687"}"#
            let path = "/kiosk/v1/signIns/\(first.id)/pin"
            #expect(try await call.request(.post, path, as: "kiosk-2", body: body).status == .notFound)
            #expect(try await call.submit("35387687", to: first.id).result == .signedIn)
            #expect(try await call.request(.post, path, as: "kiosk-1", body: body).status == .notFound)
            let late = try await call.start(badge)
            site.clock.advance(301)
            #expect(
                try await call.request(.post, "/kiosk/v1/signIns/\(late.id)/pin", as: "kiosk-1", body: body).status == .notFound)
        }
    }

    @Test func `a start with another's nonce or a bad id is a 400 and no attempt`() async throws {
        let site = try await Site()
        try await site.run { call in
            let body = """
                {"id": "x", "userPrincipalName": "a", "qrCodeId": "b", "nonce": "c", "proofMilliseconds": 1, "proof": "d"}
                """
            #expect(try await call.request(.post, "/kiosk/v1/signIns", as: "kiosk-1", body: body).errorCode == "invalidRequest")
            let old = try await call.request(.get, "/kiosk/v1/nonce", as: "kiosk-1").decode(NonceResponse.self).nonce
            site.clock.advance(300)
            for nonce in [old, "1.2.3", "", "9999999999999.AAAA.AAAA"] {
                let start = SignInStart(
                    id: AttemptID.make(at: site.clock.now).description, userPrincipalName: "a",
                    qrCodeId: QRCodeID.random().description, nonce: nonce, proofMilliseconds: 1, proof: "AAAA")
                let reply = try await call.request(
                    .post, "/kiosk/v1/signIns", as: "kiosk-1",
                    body: String(decoding: WireJSON.encode(start), as: UTF8.self))
                #expect(reply.errorCode == "invalidNonce")
            }
        }
    }

    @Test func `events are kept once, whoever repeats them, and listed in Graph's shape, the newest first`() async throws {
        let site = try await Site()
        try await site.run { call in
            var events: [SignInEvent] = []
            for number in 1...3 {
                events.append(
                    SignInEvent(
                        id: AttemptID.make(at: site.clock.now + Double(number)).description, kioskSequence: number,
                        occurredDateTime: site.clock.now + Double(number), result: number == 3 ? .signedIn : .wrongPIN,
                        userPrincipalName: "ada@example.test", qrCodeId: nil, clockTrusted: true,
                        previousHash: events.last?.hash ?? ChainHead.start.hash))
            }
            for batch in [events, Array(events.dropFirst())] {
                let body = String(decoding: try WireJSON.encode(SignInEventBatch(events: batch)), as: UTF8.self)
                let receipt = try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: body)
                #expect(try receipt.decode(SignInEventReceipt.self).accepted == batch.map(\.id))
            }
            let listed = try await call.request(.get, "/beta/auditLogs/signIns", as: "admin").decode(GraphSignIns.self).value
            #expect(listed.map(\.id) == events.reversed().map(\.id))
            #expect(listed[0].status.errorCode == 0 && listed[0].status.failureReason == nil)
            #expect(listed[1].status.errorCode != 0 && listed[1].status.failureReason == "Wrong PIN.")
            #expect(listed[0].userDisplayName == "Ada" && listed[0].deviceDetail.deviceId == "kiosk-1")
            let top = try await call.request(.get, "/beta/auditLogs/signIns?$top=1", as: "admin").decode(GraphSignIns.self).value
            #expect(top.count == 1)
            #expect(try await call.request(.get, "/beta/auditLogs/signIns?$top=0", as: "admin").status == .badRequest)
        }
    }

    @Test func `neither the store nor the state holds a PIN or a badge key`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await Self.ready(call)
            _ = try await call.signIn(badge, "35387687")
            let key = try #require(badge.text.split(separator: "|").last)
            for name in try FileManager.default.subpathsOfDirectory(atPath: site.directory) {
                guard let data = FileManager.default.contents(atPath: site.directory + "/" + name) else { continue }
                for secret in ["35387687", "09599786", String(key)] {
                    #expect(data.firstRange(of: Data(secret.utf8)) == nil, "\(secret) in \(name)")
                }
            }
        }
    }
}
