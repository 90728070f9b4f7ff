import Foundation
import LifecycleAPI
import Testing

@testable import LifecycleStore

@Suite struct KioskTests {
    private static let now = MethodTests.now

    private static func kiosk(_ store: SQLStore, _ id: String = "kiosk-1") async throws {
        try await store.put(Client(id: id, publicKey: Array(repeating: 1, count: 32), roles: ["Kiosk.SignIn"]))
    }

    @Test(arguments: Backend.here) func `guesses side by side never pass the limit`(_ backend: Backend) async throws {
        let store = try await backend.store()
        try await Self.kiosk(store)
        let results = await sideBySide(24) { number in
            try await store.takeGuess(
                codeID: "code", kioskID: "kiosk-1", fingerprint: Array(repeating: UInt8(number), count: 16), at: Self.now)
        }
        let guesses = try results.map { try $0.get() }
        #expect(guesses.filter { $0 == .taken(lockedUntil: nil) }.count == 4)
        #expect(guesses.filter { $0 == .taken(lockedUntil: Self.now + 30) }.count == 1)
        #expect(guesses.filter { $0 == .locked(until: Self.now + 30) }.count == 19)
    }

    @Test(arguments: Backend.here) func `the tenth badge that fails at once cools the kiosk down`(_ backend: Backend) async throws
    {
        let store = try await backend.store()
        try await Self.kiosk(store)
        let results = await sideBySide(10) { number in
            let print = Array(repeating: UInt8(number), count: 16)
            _ = try await store.takeGuess(codeID: "code-\(number)", kioskID: "kiosk-1", fingerprint: print, at: Self.now)
            try await store.guessedWrong(codeID: "code-\(number)", kioskID: "kiosk-1", fingerprint: print, at: Self.now)
        }
        for result in results { try result.get() }
        #expect(try await store.alerts(acknowledged: false, limit: 9).map(\.kind) == ["kioskGuessing"])
        let next = try await store.takeGuess(codeID: "other", kioskID: "kiosk-1", fingerprint: nil, at: Self.now)
        #expect(next == .locked(until: Self.now + 300))
    }

    @Test(arguments: Backend.here) func `an enrolment code admits one of those who use it at once`(_ backend: Backend)
        async throws
    {
        let store = try await backend.store()
        let hash = Array(repeating: UInt8(7), count: 32)
        try await store.add(
            StoredEnrolmentCode(hash: hash, displayName: "Gate", group: nil, created: Self.now, expire: Self.now + 60))
        let results = await sideBySide(10) { number in
            _ = try await store.enrol(
                codeHash: hash, kioskID: "kiosk-\(number)", publicKey: Array(repeating: UInt8(number), count: 32), name: nil,
                at: Self.now)
        }
        #expect(results.successes(othersThrew: .unknown("enrolment code")) == 1)
        #expect(try await store.kiosks(after: nil, limit: 99).count == 1)
    }

    @Test(arguments: Backend.here)
    func `a chain that is sent twice at once is one chain, and a gap in it is told once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        try await Self.kiosk(store)
        var (head, batches) = (ChainHead.start, [[StoredEvent]]())
        for batch in 0..<5 {
            batches.append([])
            for number in 0..<10 {
                let event = SignInEvent(
                    id: "event-\(batch)-\(number)", kioskSequence: head.sequence + 1, occurredDateTime: Self.now,
                    result: .cancelled,
                    userPrincipalName: nil, qrCodeId: nil, clockTrusted: true, previousHash: head.hash)
                _ = head.take(event)
                batches[batch].append(StoredEvent(event, kioskID: "kiosk-1", received: Self.now))
            }
        }
        for batch in batches {
            let results = await sideBySide(4) { _ in try await store.append(batch, sign: { "\($0.sequence) \($0.hash)" }) }
            let last = try #require(batch.last)
            #expect(try Set(results.map { try $0.get() }) == ["\(last.kioskSequence) \(last.hash)"])
        }
        #expect(try await store.alerts(acknowledged: false, limit: 9).isEmpty)
        #expect(try await store.kiosk("kiosk-1")?.chain == head)
        let place = ChainPlace(sequence: 40, id: "event-3-9")
        #expect(try await store.chain(ofKiosk: "kiosk-1", after: place, limit: 99) == batches[4])
    }

    @Test(arguments: Backend.here)
    func `changes made side by side get every number once, and none is seen before a lower one`(_ backend: Backend) async throws {
        let store = try await backend.store()
        for number in 1...20 {
            try await store.add(User(id: "u\(number)", userPrincipalName: "p\(number)@example.test", displayName: "P"))
        }
        async let changed = sideBySide(20) { number in
            let name = "p\(number + 1)@example.test"
            try await store.update(
                User(id: "u\(number + 1)", userPrincipalName: name, displayName: "P", isEnabled: false))
        }
        var numbers: [Int] = []
        let end = ContinuousClock.now + .seconds(60)
        while numbers.count < 20, ContinuousClock.now < end {
            numbers += try await store.changes(after: numbers.last ?? 0, limit: 3)?.map(\.number) ?? []
            await Task.yield()
        }
        for result in await changed { try result.get() }
        #expect(numbers == Array(1...20))
    }
}
