import Foundation
import GRDB
import LifecycleAPI
import Synchronization
import Testing

@testable import SignInReporting

@Suite struct OutboxDamageTests {
    let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID()).sqlite").path

    /// A closed outbox in which 40 events were appended and the first 10 delivered.
    private func fill() async throws -> [SignInEvent] {
        let outbox = try Outbox(path: path)
        for number in 1...40 { try outbox.append(OutboxTests.attempt(number)) }
        let events = try await outbox.oldest(40)
        try await outbox.remove(events.prefix(10).map(\.id))
        return events
    }

    private func overwrite(_ path: String, _ change: (inout Data) -> Void) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        change(&bytes)
        try bytes.write(to: URL(filePath: path))
    }

    /// Opens the damaged file; gives its events by number, and what was noted.
    private func reopen() async throws -> (events: [Int: SignInEvent], notes: [String]) {
        let notes = Mutex<[String]>([])
        let outbox = try Outbox(path: path) { note in notes.withLock { $0.append(note) } }
        let events = try await outbox.oldest(100)
        var head = ChainHead(sequence: 40, hash: try #require(events.last).hash)
        try outbox.append(OutboxTests.attempt(41))
        let last = try #require(try await outbox.oldest(100).last)
        #expect(head.take(last) == .next, "the chain goes on")
        return (Dictionary(uniqueKeysWithValues: events.map { ($0.kioskSequence, $0) }), notes.withLock { $0 })
    }

    @Test(arguments: 0..<4) func `a page that is lost costs no event, and the old file is kept`(page: Int) async throws {
        let written = try await fill()
        try overwrite(path) { bytes in
            #expect(bytes.count > 4 * 4096)
            bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: (0..<4096).map { _ in UInt8.random(in: 0 ... .max) })
        }
        let (events, notes) = try await reopen()
        #expect((11...40).allSatisfy { events[$0] == written[$0 - 1] })
        #expect(notes.count == 1 && notes[0].contains(path) && notes[0].contains(".damaged-"))
        let aside = try #require(notes[0].firstMatch(of: /\/\S+damaged-\d+/)).output
        #expect(FileManager.default.fileExists(atPath: String(aside)))
    }

    @Test func `wherever bytes are altered, the file opens with every event as it was written, or is refused`() async throws {
        let written = try await fill()
        let whole = try Data(contentsOf: URL(filePath: path))
        let copy = try Data(contentsOf: URL(filePath: path + ".copy"))
        for _ in 0..<60 {
            try whole.write(to: URL(filePath: path))
            try copy.write(to: URL(filePath: path + ".copy"))
            try overwrite(path) { bytes in for _ in 0..<8 { bytes[.random(in: bytes.indices)] = .random(in: 0 ... .max) } }
            do {
                let events = try await Outbox(path: path).oldest(100)
                #expect(Set(events).isSuperset(of: written[10...]) && Set(events).isSubset(of: written))
            } catch { #expect(error is OutboxError) }
        }
    }

    @Test(arguments: [
        // SQLite's own check finds nothing wrong with these.
        ("sequence INTEGER PRIMARY", "sequence INTEGER_PRIMARY"), ("occurred INTEGER NOT NULL", "occurre_ INTEGER NOT NULL"),
    ]) func `a damaged definition of the table costs no event`(whole: String, damaged: String) async throws {
        let written = try await fill()
        try overwrite(path) { bytes in
            let place = bytes.range(of: Data(whole.utf8))
            #expect(place != nil)
            if let place { bytes.replaceSubrange(place, with: Data(damaged.utf8)) }
        }
        let (events, notes) = try await reopen()
        #expect((11...40).allSatisfy { events[$0] == written[$0 - 1] })
        #expect(notes.count == 1)
    }

    @Test func `an end of the chain that lies before its events costs no event`() async throws {
        let written = try await fill()
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "UPDATE chain SET sequence = 20") }
        try queue.close()
        let (events, notes) = try await reopen()
        #expect((11...40).allSatisfy { events[$0] == written[$0 - 1] })
        #expect(notes.count == 1)
    }

    @Test func `the last writes that a damaged log of the database lost come from the copy`() async throws {
        do {
            let outbox = try Outbox(path: path)
            for number in 1...20 { try outbox.append(OutboxTests.attempt(number)) }
            try await outbox.remove(outbox.oldest(10).map(\.id))
        }
        let older = try Data(contentsOf: URL(filePath: path))
        let written: [SignInEvent]
        do {
            let outbox = try Outbox(path: path)
            for number in 21...40 { try outbox.append(OutboxTests.attempt(number)) }
            written = try await outbox.oldest(100)
        }
        try older.write(to: URL(filePath: path))
        let (events, notes) = try await reopen()
        #expect(written.map(\.kioskSequence) == Array(11...40) && notes.isEmpty)
        #expect(Set(events.values) == Set(written))
    }

    @Test func `a torn or altered line of the copy is left out`() async throws {
        let written = try await fill()
        try overwrite(path + ".copy") { bytes in
            var lines = bytes.split(separator: UInt8(ascii: "\n"))
            #expect(lines.count == 41)
            lines[20] = lines[20].dropLast(9)
            lines[30] = Data(String(decoding: lines[30], as: UTF8.self).replacing("notABadge", with: "signedIn").utf8)
            bytes = Data(lines.joined(separator: [UInt8(ascii: "\n")]))
        }
        try overwrite(path) { $0.replaceSubrange(..<100, with: Data(count: 100)) }
        let (events, _) = try await reopen()
        #expect(Set(events.keys) == Set(1...40).subtracting([20, 30]))
        #expect(events.values.allSatisfy { written[$0.kioskSequence - 1] == $0 })
    }

    @Test func `however the copy is altered, too, no event is made up`() async throws {
        let written = try await fill()
        let copy = try Data(contentsOf: URL(filePath: path + ".copy"))
        for count in 1...60 {
            try Data(repeating: 7, count: 5000).write(to: URL(filePath: path))
            try copy.write(to: URL(filePath: path + ".copy"))
            try overwrite(path + ".copy") { bytes in
                for _ in 0..<count { bytes[.random(in: bytes.indices)] = .random(in: 0 ... .max) }
            }
            do {
                let events = try await Outbox(path: path).oldest(100)
                #expect(Set(events).isSubset(of: written))
            } catch { #expect(error is OutboxError) }
        }
    }

    @Test func `damage without a copy is refused with the file's name, and nothing is touched`() async throws {
        _ = try await fill()
        try FileManager.default.removeItem(atPath: path + ".copy")
        try overwrite(path) { $0.replaceSubrange(..<100, with: Data(count: 100)) }
        let damaged = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: OutboxError.self) { try Outbox(path: path) }
        #expect(error?.description.hasPrefix("\(path) cannot be opened: ") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == damaged)
    }

    @Test func `the copy holds what waits, and nothing once all is delivered`() async throws {
        let outbox = try Outbox(path: path)
        for number in 1...3 { try outbox.append(OutboxTests.attempt(number)) }
        let copy = OutboxCopy(path: path + ".copy")
        let events = try await outbox.oldest(9)
        #expect(copy.read()?.events == events)
        try await outbox.remove(events.map(\.id))
        #expect(copy.read()?.events == [] && copy.read()?.head == ChainHead(sequence: 3, hash: events[2].hash))
        let mode = try FileManager.default.attributesOfItem(atPath: path + ".copy")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
