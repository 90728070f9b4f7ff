import Foundation
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct CardTests {
    private static let now = MethodTests.now
    private static let uid: [UInt8] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80]

    private static func card(
        _ codeID: String, uid: [UInt8] = uid, keys: [UInt8] = [1, 2, 3], counter: Int = 5, isRequired: Bool = true
    ) -> BoundCard {
        BoundCard(uid: uid, codeID: codeID, sealedKeys: keys, isRequired: isRequired, counter: counter, bound: now)
    }

    /// A user with a standard code and a temporary one.
    private static func site(_ store: SQLStore) async throws -> (user: User, standard: Code, temporary: Code) {
        let user = User(userPrincipalName: "ada@example.test", displayName: "Ada")
        try await store.add(user)
        let (standard, temporary) = (MethodTests.code(), MethodTests.code(.temporary, days: 0.25))
        try await store.create(MethodTests.method(of: user, standard), at: now)
        try await store.create(temporary, forUser: user.id, at: now)
        return (user, standard, temporary)
    }

    private static func start(_ store: SQLStore, _ codeID: String, counter: Int, uid: [UInt8] = uid) async throws {
        let attempt = Attempt(id: UUID().uuidString, kioskID: "kiosk-1", codeID: codeID, userID: "ada", started: now)
        try await store.start(attempt, with: CardUse(uid: uid, counter: counter))
    }

    @Test(arguments: Backend.here) func `a card comes back as it was bound, and each change of it is told to kiosks`(
        _ backend: Backend
    ) async throws {
        let store = try await backend.store()
        let (user, code, _) = try await Self.site(store)
        #expect(try await store.card(ofCode: code.id) == nil)
        let before = try await store.changeNumber()
        var card = Self.card(code.id)
        try await store.bind(card, ofUser: user.id) { _ in false }
        #expect(try await store.card(ofCode: code.id) == card)
        #expect(try await store.requireCard(false, ofCode: code.id, user: user.id))
        card.isRequired = false
        #expect(try await store.card(ofCode: code.id) == card)
        #expect(try await store.unbindCard(ofCode: code.id, user: user.id))
        #expect(try await store.card(ofCode: code.id) == nil)
        #expect(try await !store.unbindCard(ofCode: code.id, user: user.id))
        #expect(try await !store.requireCard(true, ofCode: code.id, user: user.id))
        let changes = try #require(await store.changes(after: before, limit: 10))
        #expect(changes.map(\.kind) == Array(repeating: ChangeKind.cardChanged.rawValue, count: 3))
        #expect(changes.allSatisfy { $0.qrCodeId == code.id && $0.userId == user.id })
    }

    @Test(arguments: Backend.here) func `a card is of one code, until that is revoked, and a code has one card`(
        _ backend: Backend
    )
        async throws
    {
        let store = try await backend.store()
        let (user, standard, temporary) = try await Self.site(store)
        try await store.bind(Self.card(temporary.id), ofUser: user.id) { _ in true }
        await #expect(throws: StoreError.activeExists) {
            try await store.bind(Self.card(standard.id, counter: 6), ofUser: user.id) { _ in true }
        }
        #expect(try await store.deleteCode(.temporary, ofUser: user.id, at: Self.now))
        #expect(try await store.card(ofCode: temporary.id) == nil)
        try await store.bind(Self.card(standard.id, counter: 6), ofUser: user.id) { _ in true }
        let other = Self.card(standard.id, uid: [4, 1, 1, 1, 1, 1, 1])
        try await store.bind(other, ofUser: user.id) { _ in true }
        #expect(try await store.card(ofCode: standard.id) == other)
        await #expect(throws: StoreError.replayed) { try await Self.start(store, standard.id, counter: 7) }
    }

    @Test(arguments: Backend.here) func `a card that is bound again goes on counting, unless it was given other keys`(
        _ backend: Backend
    ) async throws {
        let store = try await backend.store()
        let (user, code, _) = try await Self.site(store)
        let isSame: @Sendable ([UInt8]) -> Bool = { $0 == [1, 2, 3] }
        try await store.bind(Self.card(code.id, counter: 5), ofUser: user.id, isSameKey: isSame)
        try await Self.start(store, code.id, counter: 9)
        _ = try await store.unbindCard(ofCode: code.id, user: user.id)
        for counter in [5, 9] {
            await #expect(throws: StoreError.replayed) {
                try await store.bind(Self.card(code.id, counter: counter), ofUser: user.id, isSameKey: isSame)
            }
        }
        try await store.bind(Self.card(code.id, counter: 10), ofUser: user.id, isSameKey: isSame)
        try await store.bind(Self.card(code.id, keys: [9], counter: 1), ofUser: user.id) { _ in false }
        #expect(try await store.card(ofCode: code.id)?.counter == 1)
    }

    @Test(arguments: Backend.here)
    func `a message counts when it is newer than every one before, and no attempt is left of another`(
        _ backend: Backend
    ) async throws {
        let store = try await backend.store()
        let (user, code, _) = try await Self.site(store)
        try await store.bind(Self.card(code.id, counter: 5), ofUser: user.id) { _ in false }
        for counter in [0, 4, 5] {
            await #expect(throws: StoreError.replayed) { try await Self.start(store, code.id, counter: counter) }
        }
        try await Self.start(store, code.id, counter: 0xFF_FFFF)
        await #expect(throws: StoreError.replayed) { try await Self.start(store, code.id, counter: 0xFF_FFFF) }
        await #expect(throws: StoreError.replayed) { try await Self.start(store, "another", counter: 0x1_000_000) }
        let attempt = Attempt(id: "1", kioskID: "kiosk-1", codeID: code.id, userID: user.id, started: Self.now)
        await #expect(throws: StoreError.replayed) { try await store.start(attempt, with: CardUse(uid: Self.uid, counter: 7)) }
        // The id is free, so nothing was kept of the attempt.
        try await store.start(attempt, with: nil)
    }

    @Test(arguments: Backend.lasting)
    func `a message that is used at once at many kiosks of two services counts once`(_ backend: Backend) async throws {
        let place = try await backend.place()
        let stores = [try await SQLStore(place.open()), try await SQLStore(place.open())]
        let (user, code, _) = try await Self.site(stores[0])
        try await stores[0].bind(Self.card(code.id, counter: 5), ofUser: user.id) { _ in false }
        for counter in 6...9 {
            let results = await sideBySide(12) { try await Self.start(stores[$0 % 2], code.id, counter: counter) }
            #expect(results.successes(othersThrew: .replayed) == 1)
        }
    }
}
