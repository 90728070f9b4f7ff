import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@Suite struct MethodTests {
    static let path = Caller.methodPath

    @Test func `a created method answers 201 with the code's image, its PIN in clear, and its place`() async throws {
        try await Site().run { call in
            let body =
                #"{"standardQRCode": {"startDateTime": "2026-11-24T12:00:00Z", "expireDateTime": "2027-06-01T00:00:00+00:00"}}"#
            let reply = try await call.request(.put, Self.path, as: "admin", body: body)
            #expect(reply.status == .created)
            #expect(reply.headers[.location]?.hasPrefix("/beta/users/") == true)
            #expect(reply.headers[.cacheControl] == "no-store")
            let method = try reply.decode(GraphMethod.self)
            let code = try #require(method.standardQRCode)
            #expect(WireJSON.string(from: code.startDateTime) == "2026-11-24T12:00:00.000Z")
            #expect(WireJSON.string(from: code.expireDateTime) == "2027-06-01T00:00:00.000Z")
            let image = try #require(code.image)
            #expect(String(decoding: image.binaryValue, as: UTF8.self).hasPrefix("<svg"))
            let badge = try Caller.badge(image)
            #expect(badge.userPrincipalName == "ada@example.test" && badge.qrCodeID.description == code.id)
            #expect((5...6).contains(image.version), "design §2: version 5 or 6 for usual names")
            #expect(method.pin?.code?.count == 8 && method.pin?.forceChangePinNextSignIn == true)
            #expect(reply.object["temporaryQRCode"] is NSNull, "Graph names every member")
            #expect(reply.object["@odata.type"] as? String == "#microsoft.graph.qrCodePinAuthenticationMethod")
        }
    }

    @Test func `the image and the PIN are answered once`() async throws {
        try await Site().run { call in
            let issued = try await call.issue()
            #expect(issued.method.pin?.code == "09599786")
            let read = try await call.request(.get, Self.path, as: "admin").decode(GraphMethod.self)
            #expect(read.standardQRCode?.id == issued.method.standardQRCode?.id)
            #expect(read.standardQRCode?.image == nil && read.pin?.code == nil)
            let code = try await call.request(.get, Self.path + "/standardQRCode", as: "admin")
            #expect(code.object["image"] is NSNull && code.object["lastUsedDateTime"] is NSNull)
        }
    }

    @Test(arguments: [
        ("{}", "standardQRCodeRequired"), (#"{"standardQRCode": {}, "temporaryQRCode": {}}"#, "standardQRCodeRequired"),
        (#"{"standardQRCode": {}, "pin": {"code": "1234567"}}"#, "pinTooShort"),
        (#"{"standardQRCode": {}, "pin": {"code": "0959978x"}}"#, "pinTooShort"),
        (#"{"standardQRCode": {}, "pin": {"code": "12345678"}}"#, "invalidPin"),
        (#"{"standardQRCode": {}, "pin": {"code": "121212121"}}"#, "invalidPin"),
        (#"{"standardQRCode": {"expireDateTime": "2027-12-25T12:00:00Z"}}"#, "qrCodeLifeTimeExceedLimit"),
        (#"{"standardQRCode": {"expireDateTime": "2026-11-25T11:59:59Z"}}"#, "qrCodeLifeTimeExceedLimit"),
        (#"{"standardQRCode": {"expireDateTime": "2026-11-24T12:00:00Z"}}"#, "invalidRequest"),
        (#"{"standardQRCode": {"expireDateTime": "tomorrow"}}"#, "invalidRequest"),
        (#"{"standardQRCode": []}"#, "invalidRequest"), ("", "invalidRequest"),
    ])
    func `a creation that the contract does not allow is a 400 with its code`(body: String, code: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.put, Self.path, as: "admin", body: body)
            #expect(reply.status == .badRequest && reply.errorCode == code)
            #expect(try await call.request(.get, Self.path, as: "admin").status == .notFound)
        }
    }

    @Test func `a second method needs the first one gone or expired`() async throws {
        let site = try await Site()
        try await site.run { call in
            _ = try await call.issue(#"{"standardQRCode": {"expireDateTime": "2026-11-26T12:00:00Z"}}"#)
            let refused = try await call.request(.put, Self.path, as: "admin", body: #"{"standardQRCode": {}}"#)
            #expect(refused.status == .badRequest && refused.errorCode == "tooManyQRCodePinMethod")
            site.clock.advance(2 * 86_400)
            _ = try await call.issue()
            #expect(try await call.request(.delete, Self.path, as: "admin").status == .noContent)
            #expect(try await call.request(.delete, Self.path, as: "admin").status == .notFound)
            _ = try await call.issue()
        }
    }

    @Test func `an active standard code's expiry can be changed, and nothing else of it`() async throws {
        try await Site().run { call in
            let code = try await #require(call.issue().method.standardQRCode)
            let path = Self.path + "/standardQRCode"
            let changed = try await call.request(
                .patch, path, as: "admin", body: #"{"expireDateTime": "2027-01-01T00:00:00.0000000Z"}"#)
            #expect(changed.status == .ok && changed.object["image"] is NSNull)
            let read = try changed.decode(GraphQRCode.self)
            #expect(read.id == code.id && WireJSON.string(from: read.expireDateTime) == "2027-01-01T00:00:00.000Z")
            let create = #"{"startDateTime": "2026-12-01T00:00:00Z", "expireDateTime": "2027-01-01T00:00:00Z"}"#
            let refused = try await call.request(.patch, path, as: "admin", body: create)
            #expect(refused.status == .badRequest && refused.errorCode == "ActiveQRCodeExisted")
            let tooLong = try await call.request(.patch, path, as: "admin", body: #"{"expireDateTime": "2028-01-01T00:00:00Z"}"#)
            #expect(tooLong.errorCode == "qrCodeLifeTimeExceedLimit")
        }
    }

    @Test func `a temporary code lives 1 to 12 hours and is never changed`() async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let path = Self.path + "/temporaryQRCode"
            func create(until: String) async throws -> Site.Reply {
                try await call.request(
                    .patch, path, as: "admin",
                    body: #"{"startDateTime": "2026-11-24T12:00:00Z", "expireDateTime": "\#(until)"}"#)
            }
            #expect(try await create(until: "2026-11-25T00:00:01Z").errorCode == "qrCodeLifeTimeExceedLimit")
            #expect(try await create(until: "2026-11-24T12:59:59Z").errorCode == "invalidRequest")
            let made = try await create(until: "2026-11-25T00:00:00Z")
            #expect(made.status == .created)
            #expect(try made.decode(GraphQRCode.self).image != nil)
            #expect(try await create(until: "2026-11-25T00:00:00Z").errorCode == "ActiveQRCodeExisted")
            #expect(try await call.request(.delete, path, as: "admin").status == .noContent)
            #expect(try await call.request(.get, path, as: "admin").status == .notFound)
        }
    }

    @Test func `a reset PIN is a new one, whatever was asked for`() async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(.patch, Self.path + "/pin", as: "admin", body: #"{"code": "35387687"}"#)
            let pin = try reply.decode(GraphPIN.self)
            #expect(reply.status == .created && pin.code?.count == 8 && pin.code != "35387687")
            #expect(pin.forceChangePinNextSignIn)
        }
    }

    @Test(arguments: [
        "/beta/users/ada%40example.test/authentication/qrCodePinMethod",
        "/v1.0/Users/ADA@example.test/authentication/qrcodepinmethod",
    ])
    func `path segments match in any case, and the at sign may be escaped`(path: String) async throws {
        try await Site().run { call in
            _ = try await call.issue()
            #expect(try await call.request(.get, path, as: "admin").status == .ok)
        }
    }

    @Test func `errors wear Graph's envelope and carry the caller's request id`() async throws {
        try await Site().run { call in
            let name = try #require(HTTPField.Name("client-request-id"))
            let reply = try await call.request(.get, "/beta/nowhere", headers: [name: "my-id"])
            #expect(reply.status == .notFound && reply.errorCode == "itemNotFound")
            let inner = (reply.object["error"] as? [String: Any])?["innerError"] as? [String: Any]
            #expect(inner?["client-request-id"] as? String == "my-id" && inner?["request-id"] is String)
            #expect(reply.headers[name] == "my-id")
        }
    }
}
