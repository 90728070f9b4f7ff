import Foundation
import LifecycleAPI
import Synchronization

/// kill -9 at random under load: after each restart every acknowledged write is there, and none twice.
struct Kill {
    let rounds: Int
    private static let (kiosks, batch) = (3, 20)

    /// A kiosk's outbox: what was not acknowledged is sent again, as a kiosk does.
    private final class Outbox: Sendable {
        struct State {
            var waiting: [SignInEvent] = []
            var head = ChainHead.start
            var sent: Set<String> = []
            /// Ids with when they happened.
            var acknowledged: [String: Date] = [:]
        }

        let state = Mutex(State())
    }

    /// What is known of a user's temporary code: its id, or that there is none; after a call without an answer, either of two.
    private final class Ledger: Sendable { let possible = Mutex<Set<String?>>([nil]) }

    func run() throws {
        let site = try Site(kiosks: Self.kiosks)
        let (outboxes, ledger) = ((0..<Self.kiosks).map { _ in Outbox() }, Ledger())
        let start = Date(timeIntervalSince1970: 1_767_225_600)
        var service = try site.start()
        defer { service.end() }
        let user = "user-0@example.test"
        do {
            let admin = try Caller("admin", of: site, at: service)
            try admin.addUser(user)
            _ = try admin.issue(user)
        }
        for round in 1...rounds {
            let running = service
            try onThreads(Self.kiosks + 2) { number in
                switch number {
                case Self.kiosks: try untilBroken { try changeCodes(of: user, ledger, Caller("admin", of: site, at: running)) }
                case Self.kiosks + 1:
                    usleep(.random(in: 20_000...300_000))
                    running.end(SIGKILL)
                default:
                    let occurred = start.addingTimeInterval(Double(round) * 86_400)
                    try untilBroken {
                        try report(outboxes[number], Caller(Site.kiosk(number), of: site, at: running), at: occurred)
                    }
                }
            }
            service = try site.start()
            let admin = try Caller("admin", of: site, at: service)
            // The last round's events can come again in this one.
            let since = start.addingTimeInterval(Double(round - 1) * 86_400)
            try compare(admin.signIns("createdDateTime ge \(WireJSON.string(from: since))").map(\.id), outboxes, since: since)
            try compare(code(of: user, admin), ledger)
        }
        let all = try Caller("admin", of: site, at: service).signIns().map(\.id)
        try compare(all, outboxes, since: start)
        let acknowledged = outboxes.map { $0.state.withLock { $0.acknowledged.count } }.reduce(0, +)
        print(
            "ok   \(rounds) times kill -9: \(acknowledged) acknowledged events are there, \(all.count) in all, none twice; codes too"
        )
    }

    private func untilBroken(_ body: () throws -> Void) throws {
        do { try body() } catch is HTTPConnection.Broken {}
    }

    private func report(_ outbox: Outbox, _ caller: Caller, at start: Date) throws {
        while true {
            let batch = outbox.state.withLock { state in
                if state.waiting.isEmpty {
                    state.waiting = eventBatch(Self.batch, after: &state.head, at: start)
                    state.sent.formUnion(state.waiting.map(\.id))
                }
                return state.waiting
            }
            let accepted = try caller.send(
                "POST", "/kiosk/v1/signInEvents", SignInEventBatch(events: batch), as: SignInEventReceipt.self
            ).accepted
            outbox.state.withLock { state in
                for event in state.waiting where accepted.contains(event.id) {
                    state.acknowledged[event.id] = event.occurredDateTime
                }
                state.waiting.removeAll { accepted.contains($0.id) }
            }
        }
    }

    private func changeCodes(of user: String, _ ledger: Ledger, _ admin: Caller) throws {
        let path = Badge.methodPath(user) + "/temporaryQRCode"
        while true {
            let current = ledger.possible.withLock { $0.first ?? nil }
            // Without an answer to this call, both are possible; the id of a new code is not known then.
            if current == nil {
                ledger.possible.withLock { _ = $0.insert(Self.unknown) }
                let start = WireJSON.string(from: Date())
                let end = WireJSON.string(from: Date().addingTimeInterval(3600))
                let body = ["startDateTime": start, "expireDateTime": end]
                let code = try admin.send("PATCH", path, body, expecting: 201, as: GraphQRCode.self)
                ledger.possible.withLock { $0 = [code.id] }
            } else {
                ledger.possible.withLock { _ = $0.insert(nil) }
                guard try admin.send("DELETE", path).status == 204 else { throw Failed("a code cannot be deleted") }
                ledger.possible.withLock { $0 = [nil] }
            }
        }
    }

    private static let unknown = "unknown"

    private func code(of user: String, _ admin: Caller) throws -> String? {
        let answer = try admin.send("GET", Badge.methodPath(user) + "/temporaryQRCode")
        return answer.status == 404 ? nil : try answer.decode(GraphQRCode.self).id
    }

    private func compare(_ found: String?, _ ledger: Ledger) throws {
        try ledger.possible.withLock { possible in
            guard possible.contains(found) || found != nil && possible.contains(Self.unknown) else {
                throw Failed("the temporary code is \(found ?? "none"), possible were \(possible)")
            }
            possible = [found]
        }
    }

    /// `found` is the log from `since` on.
    private func compare(_ found: [String], _ outboxes: [Outbox], since: Date) throws {
        let listed = Set(found)
        guard listed.count == found.count else { throw Failed("\(found.count - listed.count) events are there twice") }
        var sent: Set<String> = []
        for outbox in outboxes {
            let state = outbox.state.withLock { $0 }
            let lost = state.acknowledged.count { $0.value >= since && !listed.contains($0.key) }
            guard lost == 0 else { throw Failed("\(lost) acknowledged events are lost") }
            sent.formUnion(state.sent)
        }
        guard listed.isSubset(of: sent) else { throw Failed("the log has events that nobody sent") }
    }
}
