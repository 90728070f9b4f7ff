import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@Suite struct UpdatePINTests {
    static let claims = Caller.ada("Directory.AccessAsUser.All")
    static let path = "/beta/me/authentication/qrCodePinMethod/pin/updatePin"

    private static func body(_ current: String, _ new: String) -> String {
        #"{"currentPin": "\#(current)", "newPin": "\#(new)"}"#
    }

    /// Docs and permissions registry say PATCH, the metadata POST, and the Entra how-to leaves `/pin` out (Graph contract §2 rows 13, 14).
    @Test(
        arguments: [HTTPRequest.Method.patch, .post],
        [
            path, "/v1.0/me/authentication/qrCodePinMethod/updatePin", Caller.methodPath + "/pin/updatePin",
            "/beta/users/ada@example.test/authentication/qrcodepinmethod/updatepin",
        ])
    func `a person changes their PIN, and need not do it at the next sign-in`(method: HTTPRequest.Method, path: String)
        async throws
    {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let reply = try await call.request(method, path, claims: Self.claims, body: Self.body("09599786", "56745755"))
            #expect(reply.status == .noContent && reply.data.isEmpty)
            let pin = try await call.request(.get, Caller.methodPath + "/pin", as: "admin").decode(GraphPIN.self)
            #expect(!pin.forceChangePinNextSignIn)
            let log = try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin").decode(GraphAudits.self).value
            #expect(
                log.contains {
                    $0.activityDisplayName == "Change PIN" && $0.initiatedBy.user?.userPrincipalName == "ada@example.test"
                })
            #expect(try await call.signIn(badge, "09599786") == .wrongPIN)
            #expect(try await call.signIn(badge, "56745755") == .signedIn)
        }
    }

    @Test(arguments: [
        (body("09599780", "56745755"), "invalidPin"), (body("", "56745755"), "invalidPin"),
        (body("09599786", "5674575"), "pinTooShort"),
        (body("09599786", "12345678"), "invalidPin"), (body("09599786", "56745755x"), "pinTooShort"),
        (body("09599786", "09599786"), "invalidPin"), (#"{"newPin": "56745755"}"#, "invalidRequest"),
        (#"{"currentPin": "09599786"}"#, "invalidRequest"), (#"{"currentPin": 9599786, "newPin": "56745755"}"#, "invalidRequest"),
    ])
    func `a change that is not allowed is a 400 with its code and leaves the PIN as it was`(body: String, code: String)
        async throws
    {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            let reply = try await call.request(.post, Self.path, claims: Self.claims, body: body)
            #expect(reply.status == .badRequest && reply.errorCode == code)
            #expect(!String(decoding: reply.data, as: UTF8.self).contains("959978"))
            #expect(try await call.signIn(badge, "09599786") == .mustChangePIN)
        }
    }

    @Test func `wrong PINs lock the change for a while, and the right one does not open it`() async throws {
        let site = try await Site()
        try await site.run { call in
            _ = try await call.issue()
            for number in 0..<5 {
                let wrong = Self.body("4821937\(number)", "56745755")
                #expect(try await call.request(.patch, Self.path, claims: Self.claims, body: wrong).errorCode == "invalidPin")
            }
            let right = Self.body("09599786", "56745755")
            #expect(try await call.request(.patch, Self.path, claims: Self.claims, body: right).errorCode == "lockedOut")
            site.clock.advance(31)
            #expect(try await call.request(.patch, Self.path, claims: Self.claims, body: right).status == .noContent)
        }
    }

    @Test func `without a method or a PIN there is nothing to change`() async throws {
        try await Site().run { call in
            let body = Self.body("09599786", "56745755")
            #expect(try await call.request(.post, Self.path, claims: Self.claims, body: body).status == .notFound)
            _ = try await call.issue()
            _ = try await call.request(.delete, Caller.methodPath + "/pin", as: "admin")
            #expect(try await call.request(.post, Self.path, claims: Self.claims, body: body).status == .notFound)
        }
    }
}
