import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import Testing

@testable import LifecycleStore

@Suite struct ChangeFeedTests {
    static func changes(_ call: Caller, _ query: String) async throws -> ChangeFeed {
        try await call.request(.get, "/kiosk/v1/changes" + query, as: "kiosk-1").decode(ChangeFeed.self)
    }

    @Test func `what a kiosk must know comes in order, without gaps and without secrets`() async throws {
        let site = try await Site()
        try await site.run { call in
            let begin = try await Self.changes(call, "")
            #expect(begin == ChangeFeed(number: 0, changes: []))
            let badge = try await SignInTests.ready(call)
            _ = try await call.request(
                .patch, Caller.methodPath + "/standardQRCode", as: "admin", body: #"{"expireDateTime": "2027-01-01T00:00:00Z"}"#)
            _ = try await call.request(.delete, Caller.methodPath + "/standardQRCode", as: "admin")
            _ = try await call.request(
                .patch, "/beta/users/ada@example.test", as: "admin", body: #"{"accountEnabled": false}"#)
            _ = try await call.request(
                .patch, "/beta/users/ada@example.test", as: "admin", body: #"{"displayName": "Ada L."}"#)
            _ = try await call.request(
                .patch, "/beta/users/ada@example.test", as: "admin", body: #"{"accountEnabled": true}"#)
            let policy = "/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin"
            _ = try await call.request(.patch, policy, as: "admin", body: #"{"pinLength": 9}"#)
            _ = try await call.request(.patch, "/admin/v1/kiosks/kiosk-2", as: "admin", body: #"{"group": "gates"}"#)
            _ = try await call.request(.post, "/admin/v1/kiosks/kiosk-2/revoke", as: "admin")
            _ = try await call.request(.delete, Caller.methodPath + "/pin", as: "admin")
            let feed = try await Self.changes(call, "?since=0")
            #expect(
                feed.changes.map(\.kind) == [
                    "codeCreated", "pinChanged", "pinChanged", "codeChanged", "codeRevoked", "userDisabled", "userEnabled",
                    "policyChanged", "kioskChanged", "kioskRevoked", "pinChanged",
                ])
            #expect(feed.changes.map(\.number) == Array(1...11) && feed.number == 11)
            let user = try #require(await site.store.user("ada@example.test")?.id)
            for change in feed.changes where change.kind.hasPrefix("code") {
                #expect(change.qrCodeId == badge.qrCodeID.description && change.userId == user)
            }
            #expect(feed.changes[9].kioskId == "kiosk-2" && feed.changes[2].userId == user)
            #expect(try await Self.changes(call, "?since=10").changes.map(\.number) == [11])
            #expect(try await Self.changes(call, "?since=11").number == 11)
            #expect(try await Self.changes(call, "").number == 11)
        }
    }

    @Test func `an answer without news is a 304 for whoever has its tag`() async throws {
        try await Site().run { call in
            _ = try await call.issue()
            let news = try await call.request(.get, "/kiosk/v1/changes?since=0", as: "kiosk-1", headers: [.ifNoneMatch: "\"0\""])
            #expect(news.status == .ok && news.headers[.eTag] == "\"2\"")
            let none = try await call.request(.get, "/kiosk/v1/changes?since=2", as: "kiosk-1", headers: [.ifNoneMatch: "\"2\""])
            #expect(none.status == .notModified && none.data.isEmpty && none.headers[.eTag] == "\"2\"")
            #expect(try await call.request(.get, "/kiosk/v1/changes?since=2", as: "kiosk-1").status == .ok)
        }
    }

    @Test func `a number that is too old or was never reached is a 410 that asks for a new beginning`() async throws {
        let site = try await Site()
        try await site.run { call in
            _ = try await call.issue()
            // As after ten thousand changes more.
            try await site.database.write { transaction in
                try transaction.execute("UPDATE change_counter SET number = 10001")
                try transaction.execute("DELETE FROM changes WHERE number <= 1")
            }
            for since in [0, 10_002] {
                let reply = try await call.request(.get, "/kiosk/v1/changes?since=\(since)", as: "kiosk-1")
                #expect(reply.status == .gone && reply.errorCode == "resyncRequired")
            }
            #expect(try await Self.changes(call, "?since=1").changes.map(\.number) == [2])
            #expect(try await Self.changes(call, "").number == 10_001)
            for query in ["?since=-1", "?since=x", "?since=0&wait=61", "?since=0&wait=-1"] {
                #expect(try await call.request(.get, "/kiosk/v1/changes" + query, as: "kiosk-1").status == .badRequest)
            }
            // Compaction keeps the last ten thousand.
            _ = try await call.request(.delete, Caller.methodPath + "/pin", as: "admin")
            let kept = try await site.database.read { try $0.rows("SELECT number FROM changes ORDER BY number") }
            #expect(try kept.map { row -> Int in try row("number") } == [10_002])
        }
    }

    @Test func `a long poll ends with the change that it waits for`() async throws {
        let site = try await Site()
        try await site.run { call in
            async let waiting = Self.changes(call, "?since=0&wait=60")
            try await Task.sleep(for: .milliseconds(100))
            _ = try await call.issue()
            #expect(try await waiting.changes.first?.kind == "codeCreated")
        }
    }
}
