import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import Synchronization
import Testing
import Verifier

@testable import LifecycleStore
@testable import SignInReporting

/// The kiosk's outbox and the service, with what an auditor sees of both.
@Suite struct ChainAuditTests {
    /// An attempt that ends at once, with a code that is no badge.
    private static func attempt(_ number: Int, _ now: Date) throws -> FinishedAttempt {
        let date = now.addingTimeInterval(Double(number) / 1000)
        var verifier = Verifier()
        let actions = verifier.handle(
            .badgeRead(text: "garbage \(number)", attempt: .make(at: date)), at: Moment(wall: date, uptime: .zero))
        for case .record(let attempt) in actions { return attempt }
        throw CancellationError()
    }

    /// Delivers so many new events by the real routes, as a kiosk that was started anew; gives the checkpoint in its outbox.
    @discardableResult private static func deliver(_ count: Int, _ call: Caller) async throws -> String {
        let path = call.site.directory + "/outbox.sqlite"
        let outbox = try Outbox(path: path)
        for number in 1...count { try outbox.append(attempt(number, call.site.clock.now)) }
        call.site.clock.advance(1)
        let reporter = Reporter(outbox: outbox, note: { Issue.record("\($0)") }) {
            let body = String(decoding: try WireJSON.encode($0), as: UTF8.self)
            return try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: body)
                .decode(SignInEventReceipt.self)
        }
        let running = Task { await reporter.run() }
        for _ in 0..<12_000 {
            if try await outbox.count() == 0 { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        await running.value
        #expect(try await outbox.count() == 0)
        return try #require(await Outbox.checkpoint(path: path))
    }

    private static func audit(_ call: Caller, own: String? = nil) async throws -> [ChainAudit.Finding] {
        let keys = try await call.request(.get, "/admin/v1/checkpointKeys", as: "admin").data
        let jwks = String(decoding: keys, as: UTF8.self)
        var audit = ChainAudit()
        let page = try await call.request(.get, "/admin/v1/kiosks/kiosk-1/chain?$top=999", as: "admin").decode(ChainAnswer.self)
        for checkpoint in [own, page.checkpoint] {
            if let checkpoint { await audit.take(checkpoint: checkpoint, ofKiosk: "kiosk-1", keys: jwks) }
        }
        for event in page.value { audit.take(event) }
        audit.finish()
        return audit.findings
    }

    private static func atService(_ body: @Sendable @escaping (Caller, String) async throws -> Void) async throws {
        try await Site().run { call in
            try await deliver(7, call)
            try await body(call, deliver(5, call))
        }
    }

    @Test func `what an outbox reported is sound, and its checkpoint is of its last event`() async throws {
        try await Self.atService { call, own in
            #expect(Checkpoint(unverified: own)?.seq == 12)
            #expect(try await Self.audit(call, own: own).isEmpty)
            let alerts = try await call.request(.get, "/admin/v1/alerts", as: "admin").decode(GraphPage<AlertAnswer>.self)
            #expect(alerts.value.isEmpty)
        }
    }

    @Test(arguments: [
        ("UPDATE events SET result = 'signedIn' WHERE kiosk_sequence = 4", ["altered"]),
        ("UPDATE events SET occurred = occurred + 1 WHERE kiosk_sequence = 4", ["altered"]),
        ("DELETE FROM events WHERE kiosk_sequence = 4", ["missing"]),
        ("DELETE FROM events WHERE kiosk_sequence = 12", ["signed for"]),
        (
            "UPDATE events SET kiosk_sequence = 17 - kiosk_sequence WHERE kiosk_sequence IN (8, 9)",
            ["altered", "altered", "follow"]
        ),
    ])
    func `what is changed in the database afterwards is found`(sql: String, words: [String]) async throws {
        try await Self.atService { call, _ in
            try await call.site.database.write { try $0.execute(sql) }
            let findings = try await Self.audit(call).map(\.description)
            #expect(findings.count == words.count, "\(findings)")
            for (finding, word) in zip(findings, words) { #expect(finding.contains(word)) }
        }
    }

    @Test func `a database that was set back as a whole is found by the kiosk's checkpoint`() async throws {
        let site = try await Site()
        try await site.run { call in
            let old = try await Self.deliver(7, call)
            let own = try await Self.deliver(5, call)
            try await site.database.write { transaction in
                try transaction.execute("DELETE FROM events WHERE kiosk_sequence > 7")
                try transaction.execute("UPDATE kiosks SET checkpoint = ?", old)
            }
            #expect(try await Self.audit(call).isEmpty)
            #expect(try await Self.audit(call, own: own) == [.contradicted(sequence: 12)])
        }
    }

    @Test func `a checkpoint of another kiosk, or that nobody signed, is not believed`() async throws {
        try await Self.atService { call, own in
            let other = String(own.dropLast(3)) + (own.hasSuffix("AAA") ? "BBB" : "AAA")
            #expect(try await Self.audit(call, own: other).count == 1)
            var audit = ChainAudit()
            let keys = try await call.request(.get, "/admin/v1/checkpointKeys", as: "admin").data
            await audit.take(checkpoint: own, ofKiosk: "kiosk-2", keys: String(decoding: keys, as: UTF8.self))
            #expect(audit.findings.count == 1)
        }
    }
}
