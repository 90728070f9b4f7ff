import Foundation
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct SignInTests {
    static let now = MethodTests.now

    static func attempt(_ id: String = UUID().uuidString.lowercased(), kiosk: String = "kiosk-1") -> Attempt {
        Attempt(id: id, kioskID: kiosk, codeID: "code", userID: "user", started: now)
    }

    @Test(arguments: Backend.here) func `an attempt is started once, whoever asks at once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let attempt = Self.attempt()
        let results = await sideBySide(10) { _ in try await store.start(attempt, with: nil) }
        #expect(results.successes(othersThrew: .exists(attempt.id)) == 1)
    }

    @Test(arguments: Backend.here) func `an attempt is taken out of a stage once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let (attempt, before) = (Self.attempt(), Self.now - 1)
        try await store.start(attempt, with: nil)
        @Sendable func take(at kiosk: String, after oldest: Date, _ id: String) async throws -> Attempt? {
            let taken = try await store.takeGuess(
                attemptID: id, kioskID: kiosk, startedAfter: oldest, at: Self.now, fingerprint: { _ in nil })
            return taken?.0.attempt
        }
        #expect(try await take(at: "kiosk-2", after: before, attempt.id) == nil)
        let taken = await sideBySide(10) { _ in try await take(at: "kiosk-1", after: before, attempt.id) }
        #expect(try taken.compactMap { try $0.get() } == [attempt])
        try await store.guessedRight(attempt, signsIn: false, rehash: nil, at: Self.now)
        func takeNew() async throws -> Attempt? {
            try await store.takeNewPIN(attemptID: attempt.id, kioskID: "kiosk-1", startedAfter: before, at: Self.now)?.attempt
        }
        #expect(try await takeNew() == attempt)
        #expect(try await takeNew() == nil)
        let old = Self.attempt()
        try await store.start(old, with: nil)
        #expect(try await take(at: "kiosk-1", after: Self.now, old.id) == nil)
    }

    static func event(
        _ number: Int, id: String? = nil, at offset: TimeInterval = 0, upn: String? = "ada@example.test", code: String? = nil
    ) -> StoredEvent {
        StoredEvent(
            id: id ?? "event-\(number)", kioskID: "kiosk-\(number % 2)", kioskSequence: number, occurred: now + offset,
            received: now + 1, result: number % 3 == 0 ? "signedIn" : "wrongPIN", userPrincipalName: upn, qrCodeID: code,
            clockTrusted: number % 2 == 0, previousHash: ChainHead.start.hash, hash: ChainHead.start.hash)
    }

    @Test(arguments: Backend.here)
    func `batches sent more than once, and at once, keep each event once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let batches = stride(from: 0, to: 200, by: 20).map { start in (start..<start + 20).map { Self.event($0) } }
        let results = await sideBySide(40) { number in
            let batch = batches[number % batches.count]
            return try await Set(store.append(batch)) == Set(batch.map(\.id))
        }
        #expect(try results.allSatisfy { try $0.get() })
        #expect(try await store.append([batches[0][0], batches[0][0]]) == [batches[0][0].id, batches[0][0].id])
        var query = EventQuery()
        query.range.limit = 1000
        #expect(try await store.events(query).map(\.id).sorted() == (0..<200).map { "event-\($0)" }.sorted())
    }

    @Test(arguments: Backend.here) func `an event comes back as it was sent, with whose badge it was`(_ backend: Backend)
        async throws
    {
        let (store, user) = try await MethodTests.site(backend)
        let code = MethodTests.code()
        try await store.create(MethodTests.method(of: user, code), at: Self.now)
        let known = [Self.event(1, upn: "old.name@example.test", code: code.id), Self.event(2, upn: "ADA@example.test")]
        let unknown = Self.event(3, upn: nil)
        _ = try await store.append(known + [unknown])
        _ = try await store.append([Self.event(1, upn: "someone.else@example.test")])
        let found = try await store.events(EventQuery(LogRange(isAscending: true)))
        #expect(found.map(\.userID) == [user.id, user.id, nil])
        #expect(found.map(\.userPrincipalName) == ["old.name@example.test", "ADA@example.test", nil])
        #expect(found.last == unknown)
    }

    @Test(arguments: Backend.here, [true, false])
    func `pages have each event once, also of one moment`(_ backend: Backend, isAscending: Bool) async throws {
        let store = try await backend.store()
        _ = try await store.append((0..<50).map { Self.event($0, at: TimeInterval($0 / 10)) })
        var (seen, place): ([StoredEvent], LogRange.Place?) = ([], nil)
        while true {
            var query = EventQuery(LogRange(isAscending: isAscending, after: place))
            query.range.limit = 7
            let page = try await store.events(query)
            guard let last = page.last else { break }
            seen += page
            place = .init(occurred: last.occurred, id: last.id)
        }
        #expect(seen.count == 50 && Set(seen.map(\.id)).count == 50)
        let moments = seen.map(\.occurred)
        #expect(moments == (isAscending ? moments.sorted() : moments.sorted().reversed()))
    }

    @Test(arguments: Backend.here) func `conditions hold together`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let events = (0..<12).map { Self.event($0, at: TimeInterval($0), upn: $0 < 6 ? "Ada%@example.test" : "bo@example.test") }
        _ = try await store.append(events)
        func numbers(_ change: (inout EventQuery) -> Void) async throws -> [Int] {
            var query = EventQuery(LogRange(isAscending: true))
            change(&query)
            return try await store.events(query).map(\.kioskSequence)
        }
        #expect(
            try await numbers { $0.range.occurred = [(.notBefore, Self.now + 3), (.before, Self.now + 8)] } == [3, 4, 5, 6, 7])
        #expect(try await numbers { $0.range.occurred = [(.equal, Self.now + 3)] } == [3])
        #expect(try await numbers { $0.userPrincipalNames = ["ADA%@example.test"] } == [0, 1, 2, 3, 4, 5])
        #expect(try await numbers { $0.userPrincipalNamePrefixes = ["ada%"] } == [0, 1, 2, 3, 4, 5])
        #expect(try await numbers { $0.userPrincipalNamePrefixes = ["%"] } == [])
        #expect(try await numbers { $0.kioskIDs = ["kiosk-1"] } == [1, 3, 5, 7, 9, 11])
        #expect(try await numbers { $0.results = [["signedIn", "expired"]] } == [0, 3, 6, 9])
        #expect(try await numbers { $0.results = [[]] } == [])
        #expect(
            try await numbers {
                $0.results = [["signedIn"]]
                $0.kioskIDs = ["kiosk-0"]
                $0.range.occurred = [(.after, Self.now)]
            } == [6])
    }
}

extension SQLStore {
    /// Keeps the events of any kiosks; gives the ids.
    func append(_ events: [StoredEvent]) async throws -> [String] {
        for (_, batch) in Dictionary(grouping: events, by: \.kioskID).sorted(by: { $0.key < $1.key }) {
            _ = try await append(batch, sign: { "\($0.sequence)" })
        }
        return events.map(\.id)
    }
}
