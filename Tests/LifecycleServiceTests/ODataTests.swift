import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct ODataTests {
    static let usual = Set([
        "@odata.type", "id", "createdDateTime", "lastUsedDateTime", "standardQRCode", "temporaryQRCode", "pin",
    ])

    static let queries: [(query: String, members: Set<String>)] = [
        ("", usual), ("?$select=", usual), ("?$select=*", usual), ("?$expand=standardQRCode,pin", usual),
        ("?foo=bar&$count=true", usual), ("?flag&other=", usual),
        ("?$select=id,standardQRCode", ["@odata.type", "id", "standardQRCode"]), ("?$select=ID", ["@odata.type", "id"]),
        // As the official SDK sends it; what is expanded is there.
        ("?$expand=standardQRCode,pin&$select=id,standardQRCode", ["@odata.type", "id", "standardQRCode", "pin"]),
        ("?%24select=id&%24expand=pin(%24select%3Did,code)", ["@odata.type", "id", "pin"]),
    ]

    @Test(arguments: queries)
    func `a selection picks members, and an expansion changes nothing, for all is inline`(query: String, members: Set<String>)
        async throws
    {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(.get, Caller.methodPath + query, as: "admin")
            #expect(reply.status == .ok && Set(reply.object.keys) == members)
        }
    }

    @Test(arguments: [
        Caller.methodPath + "?$select=image", Caller.methodPath + "?$expand=image", Caller.methodPath + "/pin?$expand=id",
        "/beta/users?$top=2&%24top=3", "/beta/users?%24top=none",
        "/beta/users?$select=mail", "/beta/users/ada@example.test?$select=id,mail", "/beta/auditLogs/signIns?$search=x",
    ])
    func `a member that is not there cannot be asked for`(path: String) async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(.get, path, as: "admin")
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
        }
    }

    @Test func `a selection reaches into the entities of a page`() async throws {
        try await Site().run { call in
            let (_, method) = try await call.issue()
            let users = try await call.request(.get, "/v1.0/users?$select=userPrincipalName", as: "admin")
            #expect(users.object["value"] as? [[String: String]] == [["userPrincipalName": "ada@example.test"]])
            let path = "/beta/users/ada@example.test/authentication/methods"
            let listed = try await call.request(.get, path + "?$select=id", as: "admin")
            #expect((listed.object["value"] as? [[String: String]])?.first?["id"] == method.id)
            let one = try await call.request(.get, "\(path)/\(method.id.uppercased())", as: "admin")
            #expect(try one.decode(GraphMethod.self).id == method.id)
            #expect(try await call.request(.get, path + "/28c10230-6103-485e-b985-444c60001490", as: "admin").status == .notFound)
        }
    }

    @Test func `a sign-in is read by its id, with its step`() async throws {
        let site = try await Site()
        try await site.run { call in
            let id = AttemptID.make(at: site.clock.now).description
            _ = try await site.store.append(
                [
                    StoredEvent(
                        id: id, kioskID: "kiosk-1", kioskSequence: 1, occurred: site.clock.now, received: site.clock.now,
                        result: "wrongPIN", userPrincipalName: "ada@example.test", qrCodeID: "c-1", clockTrusted: true,
                        previousHash: ChainHead.start.hash, hash: ChainHead.start.hash)
                ], sign: { _ in "" })
            let reply = try await call.request(.get, "/beta/auditLogs/signIns/\(id)", as: "admin")
            let signIn = try reply.decode(GraphSignIn.self)
            #expect(
                signIn.id == id && signIn.userDisplayName == "Ada" && signIn.authenticationDetails.map(\.succeeded) == [false])
            #expect(try await call.request(.get, "/v1.0/auditLogs/signIns/no-such", as: "admin").status == .notFound)
        }
    }
}

@Suite struct RequestTests {
    static let codePath = Caller.methodPath + "/standardQRCode"

    @Test(arguments: [
        ("{\n \"expireDateTime\": \"2027-01-01T00:00:00Z\",\n}", "Line 2"), (#"{"a": [1, 2 , ]}"#, "Line 1"),
        (#"{"a": "x\",}"}"#, nil),
        ("[]", "The body has the wrong type"), ("{", "no JSON"), ("\u{0}", "no JSON"),
        (##"{"a": "\u0000"}"##, "NUL"), (##"{"a": "\\u0000"}"##, nil),
    ])
    func `a body that is not what it should be is a 400 that says where`(body: String, part: String?) async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(.patch, Caller.methodPath + "/pin", as: "admin", body: body)
            #expect(reply.status == (part == nil ? .created : .badRequest))
            let message = (reply.object["error"] as? [String: Any])?["message"] as? String
            if let part { #expect(message?.contains(part) == true, "\(message ?? "")") }
        }
    }

    @Test(arguments: [
        ("application/json", true), ("application/json; charset=utf-8", true), ("APPLICATION/JSON;odata.metadata=minimal", true),
        ("application/merge-patch+json", true), ("text/plain", false), ("application/x-www-form-urlencoded", false),
        ("json", false),
    ])
    func `a body says that it is JSON, or nothing; anything else is a 415`(type: String, isTaken: Bool) async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(
                .patch, Caller.methodPath + "/pin", as: "admin", body: "{}", headers: [.contentType: type])
            #expect(reply.status == (isTaken ? .created : .unsupportedMediaType))
            let empty = try await call.request(.patch, Caller.methodPath + "/pin", as: "admin", headers: [.contentType: type])
            #expect(empty.status == .created)
        }
    }

    @Test func `a body that is too large is a 413 in Graph's envelope`() async throws {
        try await Site().run { call in
            let body = #"{"standardQRCode": {}, "x": "\#(String(repeating: "x", count: 70_000))"}"#
            let reply = try await call.request(.put, Caller.methodPath, as: "admin", body: body)
            #expect(reply.status == .contentTooLarge && reply.errorCode == "invalidRequest")
        }
    }

    /// Wrong forms that go round (Graph contract §2, last paragraph).
    @Test(arguments: [
        (HTTPRequest.Method.post, "/beta/users/ada@example.test/authentication/qrCodePinMethods"),
        (.get, "/beta/users/ada@example.test/authentication/qrCodePinMethods/28c10230-6103-485e-b985-444c60001490"),
        (.get, "/v2.0/users/ada@example.test/authentication/qrCodePinMethod"), (.get, "/"), (.get, "/beta/me"),
    ])
    func `what the service does not have is a 404 in Graph's envelope`(method: HTTPRequest.Method, path: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(
                method, path, as: "admin", body: method == .post ? #"{"lifetimeInDays": 30}"# : nil)
            #expect(reply.status == .notFound && reply.errorCode == "itemNotFound")
        }
    }

    @Test(arguments: [
        ("my-id.42", true), (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
        ("två", false), ("a b", false),
    ])
    func `the client's request id comes back when a log and a header can hold it`(id: String, isTaken: Bool) async throws {
        try await Site().run { call in
            let name = try #require(HTTPField.Name("client-request-id"))
            let reply = try await call.request(.get, "/healthz", headers: [name: id])
            #expect((reply.headers[name] == id) == isTaken)
            #expect(reply.headers[name]?.isEmpty == false)
        }
    }

    @Test func `HEAD is GET without its body`() async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let reply = try await call.request(.head, Caller.methodPath, as: "admin")
            #expect(reply.status == .ok && reply.data.isEmpty)
            #expect(try await call.request(.head, Caller.methodPath).status == .unauthorized)
        }
    }

    @Test func `a code cannot outlive the calendar`() async throws {
        try await Site().run { call in
            let body = #"{"standardQRCode": {"startDateTime": "9999-06-01T00:00:00Z"}}"#
            let reply = try await call.request(.put, Caller.methodPath, as: "admin", body: body)
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
        }
    }
}
