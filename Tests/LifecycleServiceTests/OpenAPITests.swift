import Credential
import Foundation
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Testing

/// The document at `/openapi.json`. `Tests/ClientConformance` has schemathesis hold the service to it; here it is held to be whole.
@Suite struct OpenAPITests {
    private static func document(_ call: Caller) async throws -> [String: Any] {
        let reply = try await call.request(.get, "/openapi.json")
        #expect(reply.status == .ok && reply.object["openapi"] as? String == "3.1.0")
        return reply.object
    }

    private static func operations(_ document: [String: Any]) -> [String: [String: [String: Any]]] {
        document["paths"] as? [String: [String: [String: Any]]] ?? [:]
    }

    @Test func `every path of the router is described, and what is not described there is a 405`() async throws {
        let site = try await Site()
        try await site.run { call in
            let paths = Self.operations(try await Self.document(call))
            let served = Set(site.service.router().routes.map { "\($0.path)".lowercased() })
            // Pages and metrics are not the API's.
            func isOther(_ path: String) -> Bool {
                path == "/metrics" || path.hasPrefix("/admin") && !path.hasPrefix("/admin/v1")
            }
            #expect(Set(paths.keys.map { $0.lowercased() }) == served.filter { !isOther($0) })
            for (path, operations) in paths {
                let place = path.replacing(try Regex(#"\{[a-z]+\}"#), with: "x")
                for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                    let reply = try await call.request(#require(HTTPRequest.Method(method)), place)
                    let isDescribed = operations[method.lowercased()] != nil
                    #expect((reply.status != .methodNotAllowed) == isDescribed, "\(method) \(path): \(reply.status)")
                }
            }
        }
    }

    @Test func `operation ids are unique and references lead to a schema`() async throws {
        try await Site().run { call in
            let document = try await Self.document(call)
            let ids = Self.operations(document).values.flatMap(\.values).compactMap { $0["operationId"] as? String }
            #expect(ids.count > 60 && Set(ids).count == ids.count)
            let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
            for reference in Self.references(in: document) {
                #expect(schemas[String(reference.dropFirst("#/components/schemas/".count))] != nil, "\(reference)")
            }
        }
    }

    private static func references(in value: Any) -> [String] {
        switch value {
        case let object as [String: Any]: (object["$ref"] as? String).map { [$0] } ?? object.values.flatMap(references)
        case let list as [Any]: list.flatMap(references)
        default: []
        }
    }

    @Test func `the schemas name each member that is answered, and no other`() async throws {
        let site = try await Site()
        try await site.run { call in
            let document = try await Self.document(call)
            let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]] ?? [:]
            let created = try await call.request(.put, Caller.methodPath, as: "admin", body: #"{"standardQRCode": {}}"#)
            _ = try await call.request(.patch, Caller.methodPath + "/temporaryQRCode", as: "admin", body: "{}")
            _ = try await site.store.append(
                [
                    StoredEvent(
                        id: AttemptID.make(at: site.clock.now).description, kioskID: "kiosk-1", kioskSequence: 1,
                        occurred: site.clock.now,
                        received: site.clock.now, result: "signedIn", userPrincipalName: nil, qrCodeID: nil, clockTrusted: true,
                        previousHash: ChainHead.start.hash, hash: ChainHead.start.hash)
                ], sign: { _ in "" })
            let answers = [
                ("qrCodePinAuthenticationMethod", created),
                ("qrCodePinAuthenticationMethod", try await call.request(.get, Caller.methodPath, as: "admin")),
                ("qrCodePinAuthenticationMethodConfiguration", try await call.request(.get, PolicyTests.path, as: "admin")),
                ("users", try await call.request(.get, "/beta/users", as: "admin")),
                ("signIns", try await call.request(.get, "/beta/auditLogs/signIns", as: "admin")),
                ("directoryAudits", try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin")),
                ("error", try await call.request(.get, "/beta/nowhere")),
                ("keys", try await call.request(.get, "/.well-known/jwks.json")),
            ]
            for (name, reply) in answers {
                let wrong = Self.differences(reply.object, schemas[name] ?? [:], schemas, at: name)
                #expect(wrong.isEmpty, "\(wrong)")
            }
        }
    }

    /// The places where an answer has other members than its schema.
    private static func differences(
        _ value: Any, _ schema: [String: Any], _ schemas: [String: [String: Any]], at place: String
    ) -> [String] {
        if let name = (schema["$ref"] as? String)?.split(separator: "/").last {
            return differences(value, schemas[String(name)] ?? [:], schemas, at: place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            return value is NSNull ? [] : differences(value, choices[0], schemas, at: place)
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            return list.flatMap { differences($0, items, schemas, at: place + "[]") }
        }
        guard let object = value as? [String: Any] else { return [] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let required = schema["required"] as? [String] ?? []
        return object.keys.filter { properties[$0] == nil }.map { "\(place) has \($0)" }
            + required.filter { object[$0] == nil }.map { "\(place) lacks \($0)" }
            + object.flatMap { differences($1, properties[$0] ?? [:], schemas, at: "\(place).\($0)") }
    }
}
