import Credential
import Foundation
import LifecycleAPI
import Synchronization
import Testing
import Verifier

@testable import SignInReporting

/// A service's end of the report: it keeps events by id, as the real one does, and can be made to fail.
final class EventSink: Sendable {
    struct State {
        var kept: [SignInEvent] = []
        /// How many of the next batches fail, and how.
        var failures: [any Error] = []
        var poison: String?
    }

    let state = Mutex(State())
    var kept: [SignInEvent] { state.withLock { $0.kept } }

    @Sendable func take(_ batch: SignInEventBatch) throws -> SignInEventReceipt {
        try state.withLock { state in
            if let poison = state.poison, batch.events.contains(where: { $0.id == poison }) {
                throw LifecycleClientError.refused(status: 400, code: "invalidRequest", message: "no")
            }
            for event in batch.events where !state.kept.contains(where: { $0.id == event.id }) { state.kept.append(event) }
            // After keeping: the answer is what gets lost.
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            return SignInEventReceipt(accepted: batch.events.map(\.id))
        }
    }
}

@Suite struct OutboxTests {
    let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID()).sqlite").path

    static func attempt(_ number: Int) throws -> FinishedAttempt {
        let date = KioskTests.now + Double(number)
        var verifier = Verifier()
        let actions = verifier.handle(
            .badgeRead(text: "garbage \(number)", attempt: .make(at: date)), at: Moment(wall: date, uptime: .zero))
        for case .record(let attempt) in actions { return attempt }
        throw CancellationError()
    }

    /// Runs a reporter until the sink has `count` events and the outbox is empty, or two minutes have passed.
    private func report(_ outbox: Outbox, to sink: EventSink, until count: Int) async throws -> [String] {
        let notes = Notes()
        let reporter = Reporter(outbox: outbox, longestPause: .milliseconds(20), note: notes.add, send: sink.take)
        let running = Task { await reporter.run() }
        for _ in 0..<12_000 {
            let waiting = try await outbox.count()
            if sink.kept.count >= count, waiting == 0 { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        await running.value
        return notes.all
    }

    final class Notes: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func `what waits can be counted beside the kiosk, which changes nothing`() async throws {
        #expect(try Outbox.waiting(in: path) == nil && !FileManager.default.fileExists(atPath: path))
        let outbox = try Outbox(path: path)
        for number in 1...3 { try outbox.append(Self.attempt(number)) }
        #expect(try Outbox.waiting(in: path) == 3)
        #expect(try await outbox.count() == 3)
        #expect(throws: OutboxError.self) { try Outbox.waiting(in: "/etc/passwd") }
    }

    @Test func `events are delivered once each and in order, also those of an earlier run`() async throws {
        let attempts = try (1...250).map(Self.attempt)
        do {
            let first = try Outbox(path: path)
            for attempt in attempts.prefix(100) { try first.append(attempt) }
        }
        let outbox = try Outbox(path: path)
        for attempt in attempts.dropFirst(100) { try outbox.append(attempt) }
        let sink = EventSink()
        let notes = try await report(outbox, to: sink, until: 250)
        #expect(sink.kept.map(\.id) == attempts.map(\.id.description))
        #expect(sink.kept.map(\.kioskSequence) == Array(1...250))
        #expect(sink.kept.allSatisfy { $0.result == .notABadge && $0.clockTrusted })
        #expect(notes.isEmpty)
        var head = ChainHead.start
        for event in sink.kept { #expect(head.take(event) == .next) }
    }

    @Test func `an answer that was lost is asked for again, and nothing is doubled`() async throws {
        let outbox = try Outbox(path: path)
        let sink = EventSink()
        sink.state.withLock {
            $0.failures = [
                LifecycleClientError.unreachable(url: "", detail: ""),
                LifecycleClientError.refused(status: 503, code: "", message: ""),
                LifecycleClientError.refused(status: 429, code: "", message: ""), LifecycleClientError.unreadable,
            ]
        }
        for number in 1...3 { try outbox.append(Self.attempt(number)) }
        let notes = try await report(outbox, to: sink, until: 3)
        #expect(sink.kept.map(\.kioskSequence) == [1, 2, 3])
        #expect(notes.count == 2, "once when it fails, once when it goes again")
    }

    @Test func `one event that the service will not take stays behind and holds up no other`() async throws {
        let outbox = try Outbox(path: path)
        let sink = EventSink()
        let attempts = try (1...5).map(Self.attempt)
        sink.state.withLock { $0.poison = attempts[2].id.description }
        for attempt in attempts { try outbox.append(attempt) }
        let notes = try await report(outbox, to: sink, until: 4)
        #expect(sink.kept.map(\.kioskSequence) == [1, 2, 4, 5])
        #expect(notes.count == 1 && notes[0].contains(attempts[2].id.description))
        #expect(try await outbox.count() == 0)
        // The service may know it by the next start.
        #expect(try await Outbox(path: path).oldest(9).map(\.kioskSequence) == [3])
    }

    @Test func `a sequence number is never used again, and one attempt is one event`() async throws {
        let outbox = try Outbox(path: path)
        let first = try Self.attempt(1)
        try outbox.append(first)
        try outbox.append(first)
        #expect(try await outbox.count() == 1)
        try await outbox.remove([first.id.description])
        try outbox.append(Self.attempt(2))
        #expect(try await outbox.oldest(9).map(\.kioskSequence) == [2])
    }

    @Test func `the chain goes on behind an event that was delivered and is gone`() async throws {
        var head = ChainHead.start
        for number in 1...3 {
            let outbox = try Outbox(path: path)
            try outbox.append(Self.attempt(number))
            let event = try #require(await outbox.oldest(1).first)
            #expect(head.take(event) == .next)
            try await outbox.remove([event.id])
        }
        #expect(head.sequence == 3)
    }

    @Test func `a checkpoint of something else than what was sent is noted and kept`() async throws {
        let outbox = try Outbox(path: path)
        try outbox.append(Self.attempt(1))
        let claims = try WireJSON.encode(
            Checkpoint(issuer: "i", kioskID: "k", head: ChainHead(sequence: 1, hash: ChainHead.start.hash), at: KioskTests.now))
        let checkpoint = "e30." + Base64URL.encode(claims) + ".AAAA"
        let notes = Notes()
        let reporter = Reporter(outbox: outbox, note: notes.add) {
            SignInEventReceipt(accepted: $0.events.map(\.id), checkpoint: checkpoint)
        }
        let running = Task { await reporter.run() }
        for _ in 0..<1000 where try await outbox.count() > 0 { try await Task.sleep(for: .milliseconds(10)) }
        running.cancel()
        await running.value
        #expect(notes.all.count == 1 && notes.all[0].contains("qrpin audit verify"))
        #expect(try await Outbox.checkpoint(path: path) == checkpoint)
    }

    @Test func `an outbox that cannot be opened or written is an error`() throws {
        let error = #expect(throws: OutboxError.self) { try Outbox(path: "/no/such/directory/outbox") }
        #expect(error?.description.hasPrefix("/no/such/directory/outbox cannot be opened: ") == true)
    }
}

@Suite struct ClientKeyTests {
    @Test func `a key file is the owner's alone, is never overwritten, and prints as nothing`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID()).key").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let key = ClientKey()
        try key.write(to: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try ClientKey(path: path).publicText == key.publicText)
        #expect(throws: ClientKeyError.self) { try ClientKey().write(to: path) }
        #expect("\(key)" == "redacted" && String(reflecting: key) == "redacted")
    }
}

@Suite struct HealthReporterTests {
    @Test func `a kiosk says how it is at its start, when something changes, and not when nothing does`() async throws {
        let sent = Mutex<[KioskHealth]>([])
        let reporter = HealthReporter(
            period: .seconds(86_400),
            measure: { camera, crashes in
                KioskHealth(
                    version: "1", camera: camera, outboxDepth: 0, scannerCrashes: crashes, clockTrusted: true,
                    dateTime: KioskTests.now)
            }, send: { health in sent.withLock { $0.append(health) } })
        let running = Task { await reporter.run() }
        func wait(for count: Int) async throws {
            for _ in 0..<12_000 where sent.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(10)) }
        }
        try await wait(for: 1)
        reporter.cameraBecame("streaming")
        reporter.cameraBecame("streaming")
        try await wait(for: 2)
        reporter.scannerCrashed(1)
        try await wait(for: 3)
        try await Task.sleep(for: .milliseconds(1100))
        running.cancel()
        await running.value
        let all = sent.withLock { $0 }
        #expect(all.map(\.camera) == ["unknown", "streaming", "streaming"] && all.map(\.scannerCrashes) == [0, 0, 1])
    }
}
