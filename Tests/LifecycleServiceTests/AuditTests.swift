import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct AuditTests {
    static let path = "/beta/auditLogs/directoryAudits"

    private static func log(_ call: Caller, _ items: [(String, String)] = []) async throws -> [GraphAudit] {
        try await call.request(.get, Caller.query(path, items), as: "admin").decode(GraphAudits.self).value
    }

    @Test func `every administrative call leaves one record: who did what to whom, when, by which request`() async throws {
        try await Site().run { call in
            let policy = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"
            let method = Caller.methodPath
            let day = #"{"expireDateTime": "2026-12-24T12:00:00Z"}"#
            let calls: [(HTTPRequest.Method, String, String?, String)] = [
                (.post, "/beta/users", #"{"userPrincipalName": "bo@example.test", "displayName": "Bo"}"#, "Add user"),
                (.patch, "/beta/users/bo@example.test", #"{"accountEnabled": false}"#, "Update user"),
                (.put, method, #"{"standardQRCode": {}}"#, "Create QR code PIN method"),
                (.patch, method + "/standardQRCode", day, "Update QR code"),
                (.delete, method + "/standardQRCode", nil, "Delete QR code"),
                (.patch, method + "/standardQRCode", "{}", "Create QR code"),
                (.patch, method + "/temporaryQRCode", "{}", "Create QR code"),
                (.patch, method + "/pin", "{}", "Reset PIN"),
                (.delete, method + "/pin", nil, "Delete PIN"),
                (.delete, method, nil, "Delete QR code PIN method"),
                (.patch, policy, #"{"pinLength": 10}"#, "Update authentication method policy"),
                (.delete, policy, nil, "Reset authentication method policy"),
            ]
            var requestIDs: [String?] = []
            for (verb, path, body, activity) in calls {
                call.site.clock.advance(1)
                let reply = try await call.request(verb, path, as: "admin", body: body)
                #expect(reply.status.kind == .successful, "\(activity)")
                requestIDs.append(reply.headers[try #require(HTTPField.Name("request-id"))])
            }
            let log = try await Self.log(call).reversed()
            #expect(log.map(\.activityDisplayName) == calls.map(\.3))
            #expect(log.map(\.correlationId) == requestIDs)
            #expect(
                log.allSatisfy { $0.initiatedBy.app?.appId == "admin" && $0.initiatedBy.user == nil && $0.result == "success" })
            #expect(log.last?.activityDateTime == call.site.clock.now)
            let ada = try #require(await call.site.store.user("ada@example.test")?.id)
            #expect(log.dropFirst(2).prefix(8).allSatisfy { $0.targetResources.map(\.id) == [ada] })
            #expect(log.first?.targetResources.first?.userPrincipalName == "bo@example.test")
        }
    }

    @Test func `what was refused, found nothing or failed leaves no record`() async throws {
        try await Site().run { call in
            let taken = #"{"userPrincipalName": "ada@example.test", "displayName": "Ada"}"#
            let refused = try await call.request(.post, "/beta/users", as: "admin", body: taken)
            #expect(refused.status == .conflict)
            for path in ["", "/standardQRCode", "/pin"] {
                #expect(try await call.request(.delete, Caller.methodPath + path, as: "admin").status == .notFound)
            }
            #expect(try await call.request(.put, Caller.methodPath, as: "kiosk-1", body: "{}").status == .forbidden)
            #expect(try await Self.log(call).isEmpty)
        }
    }

    @Test func `an act whose record cannot be written is not done`() async throws {
        let site = try await Site()
        try await site.run { call in
            try await site.database.write { try $0.execute("DROP TABLE audits", []) }
            #expect(
                try await call.request(.put, Caller.methodPath, as: "admin", body: #"{"standardQRCode": {}}"#).status
                    == .internalServerError)
            let ada = try #require(await site.store.user("ada@example.test"))
            #expect(try await site.store.method(ofUser: ada.id) == nil)
        }
    }

    @Test func `no record holds a PIN or a badge's key`() async throws {
        try await Site().run { call in
            let (badge, method) = try await call.issue()
            let reset = try await call.request(.patch, Caller.methodPath + "/pin", as: "admin", body: "{}").decode(GraphPIN.self)
            let log = String(decoding: try await call.request(.get, Self.path, as: "admin").data, as: UTF8.self)
            #expect(log.contains(badge.qrCodeID.description))
            let key = badge.text.split(separator: "|").last.map(String.init)
            for secret in [key, method.pin?.code, reset.code] {
                let secret = try #require(secret)
                #expect(!log.contains(secret))
            }
        }
    }

    @Test(arguments: [
        ("activityDisplayName eq 'create qr code'", ["b"]), ("startswith(activityDisplayName,'Create QR code')", ["c", "b"]),
        ("category eq 'Policy'", ["a"]), ("initiatedBy/app/appId eq 'admin'", ["b", "a"]),
        ("initiatedBy/user/userPrincipalName eq 'Cleo@example.test'", ["c"]), ("initiatedBy/app/appId eq 'u-1'", []),
        ("activityDateTime ge 2026-11-24T12:01:00Z and activityDateTime lt 2026-11-24T12:02:00Z", ["b"]),
        ("targetResources/any(t:t/id eq 'u-2')", ["c", "b"]), ("targetResources/any(t: t/displayName eq 'QR code + PIN')", ["a"]),
        ("correlationId eq 'r-b'", ["b"]), ("id eq 'a'", ["a"]),
    ])
    func `a filter lists the records that meet it, the newest first`(filter: String, expected: [String]) async throws {
        let site = try await Site()
        let admin = AuditRecord.Initiator(.application, id: "admin", name: "admin")
        let cleo = AuditRecord.Initiator(.user, id: "u-1", name: "cleo@example.test")
        let user = AuditRecord.Target(.user, id: "u-2", name: "dan@example.test")
        let policy = AuditRecord.Target(.policy, id: "QRCodePin", name: "QR code + PIN")
        let acts: [(String, AuditRecord.Activity, AuditRecord.Initiator, AuditRecord.Target)] = [
            ("a", .updatePolicy, admin, policy), ("b", .createCode, admin, user), ("c", .createMethod, cleo, user),
        ]
        for (minute, (id, activity, initiator, target)) in acts.enumerated() {
            let record = AuditRecord(
                id: id, occurred: site.clock.now.addingTimeInterval(Double(minute) * 60), activity: activity,
                initiator: initiator, target: target, requestID: "r-\(id)")
            _ = try await site.store.recording(record).changePolicy { _ in }
        }
        try await site.run { call in
            let log = try await Self.log(call, [("$filter", filter)])
            #expect(log.map(\.id) == expected)
        }
    }

    @Test func `following nextLink shows every record once, in order`() async throws {
        try await Site().run { call in
            for number in 0..<5 {
                let body = #"{"userPrincipalName": "user\#(number)@example.test", "displayName": "User"}"#
                _ = try await call.request(.post, "/beta/users", as: "admin", body: body)
            }
            var next: String? = Caller.query(Self.path, [("$top", "2"), ("$orderby", "activityDateTime asc")])
            var seen: [String] = []
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(GraphAudits.self)
                seen += page.value.map { $0.targetResources[0].displayName }
                next = Caller.path(of: page.nextLink)
            }
            #expect(seen.sorted() == (0..<5).map { "user\($0)@example.test" })
        }
    }

    @Test(arguments: [
        "activityDateTime ne 2026-11-24T12:00:00Z", "result eq 'success'", "category eq Policy", "category ne 'Policy'",
        "targetResources/any(t:x/id eq 'a')", "targetResources/any(t:t/id eq 'a'", "targetResources/any", "category eq",
    ])
    func `a filter that is not understood is a 400 that says so`(filter: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, Caller.query(Self.path, [("$filter", filter)]), as: "admin")
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
        }
    }
}
