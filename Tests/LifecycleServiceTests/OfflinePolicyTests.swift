import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct OfflinePolicyTests {
    static let path = "/admin/v1/offlinePolicies"

    /// Puts kiosk 1 into the group `gates` and lets that group sign people in offline.
    static func allow(_ call: Caller, _ more: String = "") async throws {
        let moved = try await call.request(.patch, "/admin/v1/kiosks/kiosk-1", as: "admin", body: #"{"group": "gates"}"#)
        let allowed = try await call.request(
            .patch, path, as: "admin", body: #"{"kioskGroup": "gates", "isAllowed": true\#(more)}"#)
        try #require(moved.status == .noContent && allowed.status == .ok)
    }

    private static func verdict(_ call: Caller, at kiosk: String = "kiosk-1") async throws -> PINVerdict {
        let reply = try await call.request(.delete, Caller.methodPath, as: "admin")
        #expect([.noContent, .notFound].contains(reply.status))
        let badge = try await SignInTests.ready(call)
        let started = try await call.start(badge, at: kiosk)
        return try await call.submit("35387687", to: started.id, at: kiosk)
    }

    @Test func `nobody is signed in offline until a policy lets a kiosk group, and then there alone`() async throws {
        let site = try await Site()
        try await site.run { call in
            #expect(try await call.request(.get, Self.path, as: "admin").decode(OfflinePolicies.self).value.isEmpty)
            #expect(try await Self.verdict(call).offline == nil)
            #expect(try await ChangeFeedTests.changes(call, "").offlinePolicy == nil)
            try await Self.allow(call, #", "entryLifetimeInHours": 5"#)
            let policy = OfflinePolicy(kioskGroup: "gates", entryLifetimeInHours: 5, changesMaxAgeInMinutes: 1440)
            #expect(try await call.request(.get, Self.path, as: "admin").decode(OfflinePolicies.self).value == [policy])
            #expect(try await ChangeFeedTests.changes(call, "?since=0").offlinePolicy == policy)
            let grant = try #require(await Self.verdict(call).offline)
            let user = try await site.store.user("ada@example.test")
            #expect(grant.userId == user?.id)
            #expect(grant.userPrincipalName == "ada@example.test")
            #expect(grant.expireDateTime == site.clock.now + 5 * 3600)
            #expect(try await ChangeFeedTests.changes(call, "").number == grant.changeNumber)
            #expect(try await Self.verdict(call, at: "kiosk-2").offline == nil)
        }
    }

    @Test func `a policy is changed in what is named, and taken back; a reset of the policy takes all back`() async throws {
        try await Site().run { call in
            func change(_ members: String) async throws -> [OfflinePolicy] {
                try await call.request(.patch, Self.path, as: "admin", body: "{\(members)}").decode(OfflinePolicies.self).value
            }
            _ = try await change(#""kioskGroup": "yard", "isAllowed": true, "changesMaxAgeInMinutes": 60"#)
            let both = try await change(#""kioskGroup": "gates", "isAllowed": true"#)
            #expect(both.map(\.kioskGroup) == ["gates", "yard"] && both.map(\.changesMaxAgeInMinutes) == [1440, 60])
            let changed = try await change(#""kioskGroup": "yard", "isAllowed": true, "entryLifetimeInHours": 1"#)
            #expect(changed[1] == OfflinePolicy(kioskGroup: "yard", entryLifetimeInHours: 1, changesMaxAgeInMinutes: 60))
            #expect(try await change(#""kioskGroup": "gates", "isAllowed": false"#).map(\.kioskGroup) == ["yard"])
            _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"pinLength": 9}"#)
            #expect(try await call.request(.get, Self.path, as: "admin").decode(OfflinePolicies.self).value.count == 1)
            _ = try await call.request(.delete, PolicyTests.path, as: "admin")
            #expect(try await call.request(.get, Self.path, as: "admin").decode(OfflinePolicies.self).value.isEmpty)
        }
    }

    @Test(arguments: [
        #"{"kioskGroup": "", "isAllowed": true}"#, #"{"kioskGroup": "a", "isAllowed": true, "entryLifetimeInHours": 0}"#,
        #"{"kioskGroup": "a", "isAllowed": true, "entryLifetimeInHours": 2161}"#,
        #"{"kioskGroup": "a", "isAllowed": true, "changesMaxAgeInMinutes": 4}"#,
        #"{"kioskGroup": "a", "isAllowed": true, "changesMaxAgeInMinutes": 10081}"#, #"{"kioskGroup": "a"}"#,
    ])
    func `what is out of its range is a 400`(body: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.patch, Self.path, as: "admin", body: body)
            #expect(reply.status == .badRequest)
        }
    }

    @Test func `an event that was decided offline is listed as such`() async throws {
        let site = try await Site()
        try await site.run { call in
            var previous = ChainHead.start.hash
            for (number, offline) in [(1, true), (2, false)] {
                let event = SignInEvent(
                    id: "019ab1c2-0000-7000-8000-00000000000\(number)", kioskSequence: number,
                    occurredDateTime: site.clock.now + Double(number), result: .signedIn,
                    userPrincipalName: "ada@example.test", qrCodeId: nil, clockTrusted: true, verifiedOffline: offline,
                    previousHash: previous)
                previous = event.hash
                let body = String(decoding: try WireJSON.encode(SignInEventBatch(events: [event])), as: UTF8.self)
                #expect(try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: body).status == .ok)
            }
            let listed = try await call.request(.get, SignInLogTests.path, as: "admin").decode(GraphSignIns.self).value
            #expect(listed.map(\.verifiedOffline) == [false, true])
            let chain = try await call.request(.get, "/admin/v1/kiosks/kiosk-1/chain", as: "admin").decode(ChainAnswer.self).value
            #expect(chain.map(\.verifiedOffline) == [true, nil] && chain.allSatisfy { $0.hash == $0.computedHash })
            #expect(try await site.store.alerts(acknowledged: false, limit: 9).isEmpty)
        }
    }
}
