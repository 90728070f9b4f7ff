import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct SignInLogTests {
    static let path = "/beta/auditLogs/signIns"

    /// Ten events a minute apart: of Ada at the first kiosk and of Bo at the second in turn, every third a wrong PIN.
    private static func site() async throws -> (Site, [StoredEvent]) {
        let site = try await Site()
        try await site.store.add(User(userPrincipalName: "bo.o'neil@example.test", displayName: "Bo"))
        let events = (0..<10).map { number in
            let occurred = site.clock.now.addingTimeInterval(Double(number) * 60)
            return StoredEvent(
                id: AttemptID.make(at: occurred).description, kioskID: "kiosk-\(number % 2 + 1)", kioskSequence: number,
                occurred: occurred, received: occurred, result: number % 3 == 2 ? "wrongPIN" : "signedIn",
                userPrincipalName: number.isMultiple(of: 2) ? "ada@example.test" : "bo.o'neil@example.test", qrCodeID: nil,
                clockTrusted: true, previousHash: ChainHead.start.hash, hash: ChainHead.start.hash)
        }
        for event in events { _ = try await site.store.append([event], sign: { _ in "" }) }
        return (site, events)
    }

    @Test(arguments: [
        ("createdDateTime ge 2026-11-24T12:07:00Z", [9, 8, 7]), ("createdDateTime gt 2026-11-24T12:07:00.000Z", [9, 8]),
        ("createdDateTime lt 2026-11-24T14:02:00+02:00", [1, 0]), ("createdDateTime le 2026-11-24T12:01:00Z", [1, 0]),
        ("createdDateTime eq 2026-11-24T12:03:00Z", [3]), ("userPrincipalName eq 'ADA@example.test'", [8, 6, 4, 2, 0]),
        ("userPrincipalName eq 'bo.o''neil@example.test'", [9, 7, 5, 3, 1]),
        ("startswith(userPrincipalName,'bo.') and status/errorCode ne 0", [5]),
        ("startswith(userPrincipalName, 'b%')", []), ("status/errorCode eq 9900001", [8, 5, 2]),
        ("deviceDetail/deviceId eq 'kiosk-2' and createdDateTime ge 2026-11-24T12:06:00Z", [9, 7]),
        ("userId eq 'nobody'", []),
    ])
    func `a filter lists the events that meet it, the newest first`(filter: String, expected: [Int]) async throws {
        let (site, _) = try await Self.site()
        try await site.run { call in
            let reply = try await call.request(.get, Caller.query(Self.path, [("$filter", filter)]), as: "admin")
            #expect(try reply.decode(GraphSignIns.self).value.map(\.kioskSequence) == expected)
        }
    }

    @Test func `a user's id filters as the name does`() async throws {
        let (site, _) = try await Self.site()
        let id = try #require(await site.store.user("ada@example.test")?.id)
        try await site.run { call in
            let reply = try await call.request(.get, Caller.query(Self.path, [("$filter", "userId eq '\(id)'")]), as: "admin")
            #expect(try reply.decode(GraphSignIns.self).value.map(\.kioskSequence) == [8, 6, 4, 2, 0])
        }
    }

    @Test(arguments: [
        (["createdDateTime desc"], Array((0..<10).reversed())), (["createdDateTime asc"], Array(0..<10)),
        ([], Array((0..<10).reversed())),
    ])
    func `following nextLink shows every event once, in order, with the filter kept`(order: [String], expected: [Int])
        async throws
    {
        let (site, _) = try await Self.site()
        try await site.run { call in
            let items = [("$top", "3"), ("$filter", "createdDateTime ge 2026-11-24T12:00:00Z")] + order.map { ("$orderby", $0) }
            var next: String? = Caller.query(Self.path, items)
            var (seen, pages): ([Int], Int) = ([], 0)
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(GraphSignIns.self)
                seen += page.value.map(\.kioskSequence)
                pages += 1
                next = Caller.path(of: page.nextLink)
            }
            #expect(seen == expected && pages == 4)
        }
    }

    @Test func `events of one moment are not lost between pages`() async throws {
        let site = try await Site()
        let ids = (0..<5).map { _ in AttemptID.make(at: site.clock.now).description }
        _ = try await site.store.append(
            ids.enumerated().map { number, id in
                StoredEvent(
                    id: id, kioskID: "kiosk-1", kioskSequence: number, occurred: site.clock.now, received: site.clock.now,
                    result: "signedIn", userPrincipalName: nil, qrCodeID: nil, clockTrusted: true,
                    previousHash: ChainHead.start.hash, hash: ChainHead.start.hash)
            }, sign: { _ in "" })
        try await site.run { call in
            var next: String? = Caller.query(Self.path, [("$top", "2")])
            var seen: [String] = []
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(GraphSignIns.self)
                seen += page.value.map(\.id)
                next = Caller.path(of: page.nextLink)
            }
            #expect(seen.count == 5 && Set(seen) == Set(ids))
        }
    }

    @Test(arguments: [
        ("$filter", "userPrincipalName"), ("$filter", "userPrincipalName eq ada"), ("$filter", "userPrincipalName eq 'ada"),
        ("$filter", "createdDateTime ge yesterday"), ("$filter", "createdDateTime ge 2026-11-24T12:00:00Z or userId eq 'x'"),
        ("$filter", "status/errorCode lt 5"), ("$filter", "startswith(userId,'a')"), ("$filter", ""), ("$orderby", "userId"),
        ("$top", "0"), ("$top", "1001"), ("$top", "ten"), ("$skiptoken", "x"), ("$search", "x"),
    ])
    func `what is not understood is a 400 that says so`(name: String, value: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, Caller.query(Self.path, [(name, value)]), as: "admin")
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
            let message = (reply.object["error"] as? [String: Any])?["message"] as? String
            #expect(message?.contains(name) == true)
        }
    }
}
