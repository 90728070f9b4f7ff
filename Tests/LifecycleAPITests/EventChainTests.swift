import Foundation
import LifecycleAPI
import Testing

@Suite struct EventChainTests {
    static let first = SignInEvent(
        id: "019abcde-0000-7000-8000-000000000001", kioskSequence: 1,
        occurredDateTime: Date(timeIntervalSince1970: 1_795_521_600.123), result: .signedIn,
        userPrincipalName: "jürgen@example.test", qrCodeId: "1a253da5-3f9a-457d-bd9c-de1aab9a2e59", clockTrusted: true)
    static let second = SignInEvent(
        id: "019abcde-0000-7000-8000-000000000002", kioskSequence: 2,
        occurredDateTime: Date(timeIntervalSince1970: 1_795_521_601), result: .notABadge, userPrincipalName: nil, qrCodeId: nil,
        clockTrusted: false, previousHash: first.hash)

    /// The values are those of this Python:
    ///
    ///     def h(f):
    ///         t = "qrpin event v1\n" + "".join("-\n" if x is None else f"{len(x.encode())}:{x}\n" for x in f)
    ///         return hashlib.sha256(t.encode()).hexdigest()
    ///     a = h(["0" * 64, "019abcde-0000-7000-8000-000000000001", "1", "1795521600123", "signedIn", "jürgen@example.test",
    ///            "1a253da5-3f9a-457d-bd9c-de1aab9a2e59", "true"])
    ///     b = h([a, "019abcde-0000-7000-8000-000000000002", "2", "1795521601000", "notABadge", None, None, "false"])
    @Test func `an event's hash is SHA-256 over its canonical text`() {
        #expect(Self.first.hash == "02821898bc16213b492b00a003967d1af45025639620b3468805a31da7e4f9eb")
        #expect(Self.second.hash == "bca11b46c5cdf73a6122807299843a25124c36472288676c4b72d5d261a39ade")
        #expect(SignInEvent.isHash(Self.first.hash) && !SignInEvent.isHash(Self.first.hash.uppercased()))
        #expect(!SignInEvent.isHash("") && !SignInEvent.isHash(String(repeating: "g", count: 64)))
    }

    /// As above, with a ninth field: `h(["0" * 64, …, "true", "true"])`.
    @Test func `an event that was decided offline has that in its hash, and one that was not is as it always was`() throws {
        func event(offline: Bool) -> SignInEvent {
            SignInEvent(
                id: "019ab1c2-0000-7000-8000-000000000000", kioskSequence: 1,
                occurredDateTime: Date(timeIntervalSince1970: 1_795_521_600), result: .signedIn,
                userPrincipalName: "ada@example.test", qrCodeId: "1a253da5-3f9a-457d-bd9c-de1aab9a2e59", clockTrusted: true,
                verifiedOffline: offline)
        }
        #expect(event(offline: false).hash == "ce7457c9a5552c41f5d5dd3f45cc7e809965258e02c705ac20a2b2d326772a5e")
        #expect(event(offline: true).hash == "1c6f5433b69ec961743b81f17c38605e1d25e72a9bc377e3dabd0ae111aa5205")
        let received = try WireJSON.decode(SignInEvent.self, from: WireJSON.encode(event(offline: true)))
        #expect(received == event(offline: true) && received.computedHash == received.hash)
    }

    @Test func `an event that crossed the wire has the same hash, whatever its millisecond`() throws {
        for millisecond in 0..<1000 {
            let event = SignInEvent(
                id: Self.first.id, kioskSequence: 1,
                occurredDateTime: Date(timeIntervalSince1970: 1_795_521_600 + Double(millisecond) / 1000), result: .cancelled,
                userPrincipalName: nil, qrCodeId: nil, clockTrusted: true)
            #expect(try WireJSON.decode(SignInEvent.self, from: WireJSON.encode(event)).computedHash == event.hash)
        }
    }

    @Test func `each member is in the hash`() {
        var others = [SignInEvent](repeating: Self.first, count: 8)
        others[0].id = "019abcde-0000-7000-8000-000000000003"
        others[1].kioskSequence = 2
        others[2].occurredDateTime += 0.001
        others[3].result = .wrongPIN
        others[4].userPrincipalName = nil
        others[5].qrCodeId = ""
        others[6].clockTrusted = false
        others[7].previousHash = Self.second.hash
        #expect(Set(others.map(\.computedHash)).count == 8)
        for other in others { #expect(ChainHead.start.link(to: other) == .altered) }
    }

    @Test func `a chain tells the next event from a gap and a fork, and goes on behind them`() {
        var head = ChainHead.start
        #expect(head.link(to: Self.second) == .gap)
        #expect(head.take(Self.first) == .next && head == ChainHead(sequence: 1, hash: Self.first.hash))
        #expect(head.take(Self.first) == .fork && head.sequence == 1)
        var third = Self.second
        third.kioskSequence = 3
        third.hash = third.computedHash
        #expect(head.take(third) == .gap && head.sequence == 3)
        let fourth = SignInEvent(
            id: "019abcde-0000-7000-8000-000000000004", kioskSequence: 4, occurredDateTime: third.occurredDateTime,
            result: .cancelled, userPrincipalName: nil, qrCodeId: nil, clockTrusted: true, previousHash: third.hash)
        #expect(head.take(fourth) == .next)
        #expect(ChainHead(sequence: 3, hash: Self.first.hash).link(to: fourth) == .fork)
    }

    @Test(arguments: [Int.min, 0, .max]) func `no number that a kiosk can send ends the service`(number: Int) {
        var (head, strange) = (ChainHead(sequence: 1, hash: Self.first.hash), Self.second)
        strange.kioskSequence = number
        strange.hash = strange.computedHash
        #expect(head.take(strange) == (number == .max ? .gap : .fork))
        #expect(head.take(Self.second) == (number == .max ? .fork : .next))
    }
}
