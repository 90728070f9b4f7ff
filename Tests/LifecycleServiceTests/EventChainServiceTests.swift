import Credential
import Foundation
import HTTPTypes
import JWTKit
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct EventChainServiceTests {
    /// A sound chain of so many events.
    static func chain(_ count: Int, from start: Date, after head: ChainHead = .start) -> [SignInEvent] {
        var events: [SignInEvent] = []
        for number in 1...count {
            let occurred = start.addingTimeInterval(Double(number) / 8)
            events.append(
                SignInEvent(
                    id: AttemptID.make(at: occurred).description, kioskSequence: head.sequence + number,
                    occurredDateTime: occurred,
                    result: .wrongPIN, userPrincipalName: "ada@example.test", qrCodeId: nil, clockTrusted: number > 1,
                    previousHash: events.last?.hash ?? head.hash))
        }
        return events
    }

    static func report(_ events: [SignInEvent], _ call: Caller) async throws -> SignInEventReceipt {
        let body = String(decoding: try WireJSON.encode(SignInEventBatch(events: events)), as: UTF8.self)
        return try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: body)
            .decode(SignInEventReceipt.self)
    }

    static func alerts(_ call: Caller) async throws -> [String] {
        try await call.request(.get, "/admin/v1/alerts", as: "admin").decode(GraphPage<AlertAnswer>.self).value.map(\.kind)
    }

    static func stored(_ call: Caller) async throws -> ChainAnswer {
        try await call.request(.get, "/admin/v1/kiosks/kiosk-1/chain", as: "admin").decode(ChainAnswer.self)
    }

    struct Claims: JWTPayload {
        let iss: String
        let sub: String
        let aud: String
        let iat: Int
        let seq: Int
        let hash: String
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    @Test func `each acknowledgement carries a checkpoint that the published keys verify`() async throws {
        let site = try await Site()
        try await site.run { call in
            let events = Self.chain(5, from: site.clock.now)
            let receipt = try await Self.report(Array(events.prefix(3)), call)
            let jwks = try await call.request(.get, "/.well-known/jwks.json").data
            let keys = try await JWTKeyCollection().add(jwksJSON: String(decoding: jwks, as: UTF8.self))
            let claims = try await keys.verify(#require(receipt.checkpoint), as: Claims.self)
            #expect(claims.sub == "kiosk-1" && claims.seq == 3 && claims.hash == events[2].hash)
            #expect(claims.aud == "qrpin-checkpoint" && claims.iat == 1_795_521_600 && claims.iss == Issuer.defaultName)
            #expect(try await Self.report(Array(events.prefix(3)), call).checkpoint == receipt.checkpoint)
            let last = try await Self.report(events, call)
            #expect(try await keys.verify(#require(last.checkpoint), as: Claims.self).seq == 5)
            #expect(try await Self.stored(call) == ChainAnswer(value: events, checkpoint: last.checkpoint))
            #expect(try await Self.alerts(call).isEmpty)
            // Nobody signs in by it.
            let token = try #require(last.checkpoint)
            let reply = try await call.request(.get, "/kiosk/v1/nonce", headers: [.authorization: "Bearer \(token)"])
            #expect(reply.status == .unauthorized)
        }
    }

    @Test(arguments: ["gap", "reordered", "altered", "fork", "conflict"])
    func `a broken chain is stored, raises an alert, and goes on`(kind: String) async throws {
        let site = try await Site()
        try await site.run { call in
            let events = Self.chain(4, from: site.clock.now)
            var sent = events
            switch kind {
            case "gap": sent.remove(at: 1)
            case "reordered": sent.swapAt(1, 2)
            case "altered": sent[1].result = .signedIn
            case "fork": sent += Self.chain(1, from: site.clock.now + 60, after: ChainHead(sequence: 3, hash: events[1].hash))
            default:
                sent.append(events[3])
                sent[4].occurredDateTime += 60
                sent[4].hash = sent[4].computedHash
            }
            #expect(try await Self.report(sent, call).accepted == sent.map(\.id))
            let stored = try await Self.stored(call).value
            #expect(Set(stored.map(\.id)) == Set(sent.map(\.id)) && stored.count == Set(sent.map(\.id)).count)
            let expected: [String: [String]] = [
                "gap": ["eventGap"], "reordered": ["eventFork", "eventGap"], "altered": ["eventAltered"], "fork": ["eventFork"],
                "conflict": ["eventConflict"],
            ]
            #expect(try await Self.alerts(call).sorted() == expected[kind])
            let head = try #require(stored.last)
            let next = Self.chain(1, from: site.clock.now + 120, after: ChainHead(sequence: 4, hash: events[3].hash))
            if kind != "fork" { #expect(head.kioskSequence == 4) }
            _ = try await Self.report(next, call)
            #expect(try await Self.alerts(call).sorted() == expected[kind])
        }
    }

    @Test func `events without a chain are refused as a whole`() async throws {
        let site = try await Site()
        try await site.run { call in
            var event = Self.chain(1, from: site.clock.now)[0]
            event.hash = "x"
            let body = String(decoding: try WireJSON.encode(SignInEventBatch(events: [event])), as: UTF8.self)
            let reply = try await call.request(.post, "/kiosk/v1/signInEvents", as: "kiosk-1", body: body)
            #expect(reply.status == .badRequest && reply.errorCode == "invalidRequest")
            #expect(try await Self.stored(call).value.isEmpty)
        }
    }

    @Test func `a chain is listed in pages, without losing events of one number`() async throws {
        let site = try await Site()
        try await site.run { call in
            let events = Self.chain(5, from: site.clock.now)
            let twin = Self.chain(1, from: site.clock.now + 60, after: ChainHead(sequence: 2, hash: events[1].hash))
            _ = try await Self.report(events + twin, call)
            var seen: [SignInEvent] = []
            var next: String? = "/admin/v1/kiosks/kiosk-1/chain?$top=1"
            while let path = next {
                let page = try await call.request(.get, path, as: "admin").decode(ChainAnswer.self)
                seen += page.value
                next = page.nextLink.flatMap { link in link.range(of: "/admin").map { String(link[$0.lowerBound...]) } }
            }
            #expect(seen.map(\.kioskSequence) == [1, 2, 3, 3, 4, 5] && Set(seen) == Set(events + twin))
        }
    }
}
