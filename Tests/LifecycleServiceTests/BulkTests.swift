import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct BulkTests {
    /// People in a group, and Ada, who is in none.
    private static func site(_ count: Int) async throws -> Site {
        let site = try await Site()
        let group = Group(displayName: "Nurses", created: site.clock.now)
        try await site.store.add(group)
        for number in 0..<count {
            let user = User(userPrincipalName: "user\(number)@example.test", displayName: "User \(number)")
            try await site.store.add(user)
            _ = try await site.store.addMember(user.id, toGroup: group.id)
        }
        return site
    }

    private static func start(_ call: Caller, _ id: String, _ action: BulkAction = .issue, names: [String]? = nil) async throws
        -> BulkStatus
    {
        let request = BulkRequest(id: id, action: action, group: names == nil ? "Nurses" : nil, userPrincipalNames: names)
        let body = String(decoding: try WireJSON.encode(request), as: UTF8.self)
        let reply = try await call.request(.post, "/admin/v1/bulk", as: "admin", body: body)
        try #require(reply.status == .accepted, "\(String(decoding: reply.data, as: UTF8.self))")
        return try reply.decode(BulkStatus.self)
    }

    private static func next(_ call: Caller, _ id: String, limit: Int = 2, saved: [String] = [], resume: Bool = false)
        async throws
        -> BulkSlice
    {
        let body = String(decoding: try WireJSON.encode(BulkNext(saved: saved, resume: resume)), as: UTF8.self)
        return try await call.request(.post, "/admin/v1/bulk/\(id)/next?limit=\(limit)", as: "admin", body: body)
            .decode(BulkSlice.self)
    }

    /// A driver that saves what it is answered, until the job is done.
    private static func finish(_ call: Caller, _ id: String, _ saved: inout [String: BulkBadge]) async throws -> BulkStatus {
        var slice = try await next(call, id, saved: saved.values.map(\.qrCodeId), resume: true)
        while true {
            for badge in slice.badges { saved[badge.userPrincipalName] = badge }
            if slice.status.pending + slice.status.issued == 0 { return slice.status }
            slice = try await next(call, id, saved: slice.badges.map(\.qrCodeId))
        }
    }

    /// Everyone's badge is the active one, and the PIN that came with it is theirs.
    private static func expectBadges(_ saved: [String: BulkBadge], _ call: Caller) async throws {
        for (name, badge) in saved {
            let path = "/beta/users/\(name)/authentication/qrCodePinMethod"
            let method = try await call.request(.get, path, as: "admin").decode(GraphMethod.self)
            #expect(method.standardQRCode?.id == badge.qrCodeId && method.temporaryQRCode == nil)
            let payload = try Caller.badge(badge.image)
            #expect(payload.userPrincipalName == name && payload.qrCodeID.description == badge.qrCodeId)
        }
    }

    @Test func `a group gets badges with PINs, each once; the same request is the same job`() async throws {
        try await Self.site(5).run { call in
            #expect(try await Self.start(call, "monday").pending == 5)
            var saved: [String: BulkBadge] = [:]
            let status = try await Self.finish(call, "monday", &saved)
            #expect(status.done == 5 && status.failed == 0 && saved.count == 5)
            try await Self.expectBadges(saved, call)
            let one = try #require(saved["user3@example.test"])
            let pin = try #require(one.pin)
            #expect(try await call.signIn(Caller.badge(one.image), pin) == .mustChangePIN)
            #expect(try await Self.start(call, "monday").done == 5)
            #expect(try await Self.next(call, "monday", resume: true).badges.isEmpty)
            let log = try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin").decode(GraphAudits.self).value
            #expect(log.filter { $0.activityDisplayName == "Create QR code" }.count == 5)
            let text = String(decoding: try await call.request(.get, "/admin/v1/bulk/monday", as: "admin").data, as: UTF8.self)
            #expect(!text.contains(pin))
        }
    }

    /// The driver loses the answer to the nth call, or saves it and ends before it says so; then it is started again.
    @Test(arguments: 0...3, [false, true])
    func `interrupted anywhere and run again, everyone has one active badge, and the driver has it`(
        call number: Int, isSaved: Bool
    )
        async throws
    {
        try await Self.site(5).run { call in
            var saved: [String: BulkBadge] = [:]
            _ = try await Self.start(call, "job")
            var acknowledged: [String] = []
            for index in 0...number {
                let slice = try await Self.next(call, "job", saved: acknowledged, resume: index == 0)
                guard index < number || isSaved else { break }
                for badge in slice.badges { saved[badge.userPrincipalName] = badge }
                acknowledged = slice.badges.map(\.qrCodeId)
            }
            let before = saved
            _ = try await Self.start(call, "job")
            let status = try await Self.finish(call, "job", &saved)
            #expect(status.done == 5 && saved.count == 5)
            for (name, badge) in before { #expect(saved[name] == badge, "what was saved is not made anew") }
            try await Self.expectBadges(saved, call)
            for (name, badge) in saved where before[name] == nil {
                let pin = try #require(badge.pin)
                #expect(try await call.signIn(Caller.badge(badge.image), pin) == .mustChangePIN)
            }
        }
    }

    @Test func `what another driver made anew is stale for the first, which is told so`() async throws {
        try await Self.site(2).run { call in
            _ = try await Self.start(call, "job")
            let first = try await Self.next(call, "job")
            #expect(try await Self.next(call, "job").badges.isEmpty, "the first may still be saving")
            let second = try await Self.next(call, "job", resume: true)
            #expect(second.badges.count == 2)
            let told = try await Self.next(call, "job", saved: first.badges.map(\.qrCodeId))
            #expect(Set(told.stale) == Set(first.badges.map(\.qrCodeId)))
            let last = try await Self.next(call, "job", saved: second.badges.map(\.qrCodeId))
            #expect(last.stale.isEmpty && last.status.done == 2)
            try await Self.expectBadges(Dictionary(uniqueKeysWithValues: second.badges.map { ($0.userPrincipalName, $0) }), call)
        }
    }

    @Test func `many drivers at once make one active badge for each`() async throws {
        try await Self.site(12).run { call in
            _ = try await Self.start(call, "job")
            let slices = try await withThrowingTaskGroup(of: BulkSlice.self) { group in
                for _ in 0..<6 { group.addTask { try await Self.next(call, "job", limit: 2) } }
                return try await group.reduce(into: [BulkSlice]()) { $0.append($1) }
            }
            let badges = slices.flatMap(\.badges)
            #expect(badges.count == 12 && Set(badges.map(\.userPrincipalName)).count == 12)
            try await Self.expectBadges(Dictionary(uniqueKeysWithValues: badges.map { ($0.userPrincipalName, $0) }), call)
        }
    }

    @Test func `who has a badge keeps it when badges are issued, and gets another when they are rotated; the PIN stays`()
        async throws
    {
        try await Site().run { call in
            let (badge, _) = try await call.issue()
            _ = try await Self.start(call, "issue", names: ["ADA@example.test", "nobody@example.test", "ada@example.test"])
            let issued = try await Self.next(call, "issue").status
            #expect(issued.total == 2 && issued.failed == 2)
            #expect(Set(issued.errors.map(\.code)) == ["ActiveQRCodeExisted", "itemNotFound"])
            #expect(try await call.start(badge).result == .pinRequired)
            _ = try await Self.start(call, "rotate", .rotate, names: ["ada@example.test"])
            let rotated = try #require(await Self.next(call, "rotate").badges.first)
            #expect(rotated.pin == nil)
            #expect(try await call.start(badge).result == .badgeRefused)
            #expect(try await call.signIn(Caller.badge(rotated.image), "09599786") == .mustChangePIN)
        }
    }

    @Test func `revoked badges work no more, and people without one are no failure`() async throws {
        let site = try await Self.site(2)
        try await site.run { call in
            let (badge, _) = try await call.issue()
            let names = ["ada@example.test", "user0@example.test"]
            _ = try await Self.start(call, "job", .revoke, names: names)
            let slice = try await Self.next(call, "job")
            #expect(slice.badges.isEmpty && slice.status.done == 2)
            #expect(try await call.start(badge).result == .badgeRefused)
            let log = try await call.request(.get, "/beta/auditLogs/directoryAudits", as: "admin").decode(GraphAudits.self).value
            #expect(log.filter { $0.activityDisplayName == "Delete QR code" }.count == 1)
        }
    }

    @Test(arguments: [
        (#"{"id": "a b", "action": "issue", "group": "Nurses"}"#, 400),
        (#"{"id": "a", "action": "burn", "group": "Nurses"}"#, 400),
        (#"{"id": "a", "action": "issue"}"#, 400), (#"{"id": "a", "action": "issue", "group": "Porters"}"#, 400),
        (#"{"id": "a", "action": "issue", "group": "Nurses", "csv": "x"}"#, 400),
        (#"{"id": "a", "action": "issue", "csv": "name\nada"}"#, 400),
        (#"{"id": "a", "action": "revoke", "group": "Nurses", "expireDateTime": "2026-12-24T12:00:00Z"}"#, 400),
        (#"{"id": "a", "action": "issue", "group": "Nurses", "expireDateTime": "2026-11-24T12:00:01Z"}"#, 400),
        (#"{"id": "known", "action": "revoke", "group": "Nurses"}"#, 409),
    ])
    func `a job that cannot be done, or whose id is another's, is refused`(body: String, status: Int) async throws {
        try await Self.site(1).run { call in
            _ = try await Self.start(call, "known")
            let reply = try await call.request(.post, "/admin/v1/bulk", as: "admin", body: body)
            #expect(reply.status.code == status)
            let unknown = try await call.request(.post, "/admin/v1/bulk/a/next", as: "admin", body: "{}")
            #expect(unknown.status == .notFound)
            let kiosk = try await call.request(.post, "/admin/v1/bulk", as: "kiosk-1", body: body)
            #expect(kiosk.status == .forbidden)
        }
    }

    @Test func `the report lists who expires within the days, the first first, on pages`() async throws {
        let site = try await Self.site(5)
        try await site.run { call in
            for number in 0..<5 {
                let body = #"{"standardQRCode": {"expireDateTime": "2026-12-0\#(5 - number)T12:00:00Z"}}"#
                let path = "/beta/users/user\(number)@example.test/authentication/qrCodePinMethod"
                let made = try await call.request(.put, path, as: "admin", body: body)
                #expect(made.status == .created)
            }
            func names(_ query: String) async throws -> [String] {
                var next: String? = "/admin/v1/reports/expiring?\(query)"
                var seen: [String] = []
                while let path = next {
                    let page = try await call.request(.get, path, as: "admin").decode(GraphPage<ExpiringCode>.self)
                    seen += page.value.map { "\($0.userPrincipalName.prefix(5)) \($0.daysLeft)" }
                    next = Caller.path(of: page.nextLink)
                }
                return seen
            }
            // It is noon of 24 November.
            #expect(try await names("days=10&$top=2") == ["user4 7", "user3 8", "user2 9", "user1 10"])
            #expect(try await names("days=6").isEmpty)
            call.site.clock.advance(8 * 86_400)
            #expect(try await names("days=1") == ["user2 1"])
            #expect(try await names("days=1&includeExpired=true&$top=1") == ["user4 -1", "user3 0", "user2 1"])
            for query in ["days=0", "days=396", "days=x", "includeExpired=2", "$filter=x"] {
                let reply = try await call.request(.get, "/admin/v1/reports/expiring?\(query)", as: "admin")
                #expect(reply.status == .badRequest)
            }
        }
    }
}
