import Foundation
import Credential
import Crypto
import JWTKit
import SignInReporting
import Testing
import Verifier

@Suite struct AssertionTests {
    /// What the service says of a sign-in; each test spoils one thing.
    struct Claims: JWTPayload {
        var iss = "urn:qrpin:lifecycle"
        var sub = "5d6059b6-368d-45f8-91e1-8e07d485f1d0"
        var aud = ["qrpin-application"]
        var exp = 1_795_521_900
        var jti = "019ab1c2-0000-7000-8000-000000000000"
        var amr = ["qr", "pin"]
        var upn = "ada@example.test"
        var kiosk = "kiosk-1"

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// Five minutes before the claims expire.
    let now = Date(timeIntervalSince1970: 1_795_521_600)
    /// The key of RFC 8037 appendix A.1, public and private.
    static let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    static let d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
    static let keySet = #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","alg":"EdDSA","x":"\#(x)"}]}"#

    private func signed(_ change: (inout Claims) -> Void = { _ in }) async throws -> String {
        var claims = Claims()
        change(&claims)
        let keys = await JWTKeyCollection().add(eddsa: try EdDSA.PrivateKey(d: Self.d, curve: .ed25519), kid: "1")
        return try await keys.sign(claims, kid: "1")
    }

    private func refusal(of assertion: String, at date: Date? = nil) async throws -> AssertionCheck.Refusal? {
        let check = try await AssertionCheck(keySet: Self.keySet, kioskID: "kiosk-1")
        return await #expect(throws: AssertionCheck.Refusal.self) { try await check.signIn(of: assertion, now: date ?? now) }
    }

    @Test func `an assertion that the service signed tells whose sign-in it is, to its last second`() async throws {
        let check = try await AssertionCheck(keySet: Self.keySet, kioskID: "kiosk-1")
        let signIn = try await check.signIn(of: signed(), now: now.addingTimeInterval(299))
        #expect(signIn.userPrincipalName == "ada@example.test" && signIn.kioskID == "kiosk-1")
        #expect(signIn.userID == Claims().sub && signIn.attemptID == Claims().jti)
    }

    @Test func `one that has expired, or is of another issuer, application, kiosk or method, is refused with its reason`()
        async throws
    {
        let end = now.addingTimeInterval(300)
        #expect(try await refusal(of: signed(), at: end) == .expired(since: end))
        #expect(try await refusal(of: signed { $0.iss = "urn:other" }) == .issuer("urn:other"))
        #expect(try await refusal(of: signed { $0.aud = ["qrpin"] }) == .audience)
        #expect(try await refusal(of: signed { $0.kiosk = "kiosk-2" }) == .kiosk("kiosk-2"))
        #expect(try await refusal(of: signed { $0.amr = ["qr"] }) == .method)
    }

    @Test func `the kiosk's word alone counts only where its key is known, and says that it is that`() async throws {
        let (key, attempt) = (ClientKey(), AttemptID.make(at: now))
        let grant = OfflineGrant(userID: "ada", userPrincipalName: "ada@example.test", expiry: now, changeNumber: 1)
        let offline = try await OfflineAssertion.make(grant, attempt, kioskID: "kiosk-1", key: key, at: now)
        #expect(try await refusal(of: offline) == .signature)
        func check(_ kiosk: String, _ key: ClientKey) async throws -> AssertionCheck {
            try await AssertionCheck(keySet: Self.keySet, kioskID: kiosk, kioskKey: key.publicText)
        }
        let signIn = try await check("kiosk-1", key).signIn(of: offline, now: now.addingTimeInterval(299))
        #expect(signIn.isOffline && signIn.userID == "ada" && signIn.userPrincipalName == "ada@example.test")
        #expect(signIn.attemptID == attempt.description && signIn.kioskID == "kiosk-1")
        await #expect(throws: AssertionCheck.Refusal.expired(since: now.addingTimeInterval(300))) {
            try await check("kiosk-1", key).signIn(of: offline, now: now.addingTimeInterval(300))
        }
        await #expect(throws: AssertionCheck.Refusal.signature) {
            try await check("kiosk-1", ClientKey()).signIn(of: offline, now: now)
        }
        await #expect(throws: AssertionCheck.Refusal.issuer("urn:qrpin:kiosk:kiosk-1")) {
            try await check("kiosk-2", key).signIn(of: offline, now: now)
        }
        let online = try await check("kiosk-1", key).signIn(of: signed(), now: now)
        #expect(!online.isOffline)
    }

    @Test(arguments: ["", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30."])
    func `what is no token is refused`(text: String) async throws { #expect(try await refusal(of: text) == .signature) }

    @Test func `a token that another key signed, or that says it needs no signature, is refused`() async throws {
        let other = await JWTKeyCollection().add(eddsa: try EdDSA.PrivateKey(curve: .ed25519), kid: "1")
        #expect(try await refusal(of: other.sign(Claims(), kid: "1")) == .signature)
        // {"alg":"none","kid":"1"}
        let claims = try await signed().split(separator: ".")[1]
        #expect(try await refusal(of: "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9.\(claims).") == .signature)
    }
}
