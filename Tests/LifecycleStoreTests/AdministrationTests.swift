import Foundation
import LifecycleAPI
import LifecycleStore
import Testing

/// Audit records, groups, lists of people, bulk work and reports.
@Suite struct AdministrationTests {
    private static let now = Date(timeIntervalSince1970: 1_795_521_600)

    private static func record(_ id: String, after seconds: Double = 0, _ activity: AuditRecord.Activity = .addUser)
        -> AuditRecord
    {
        AuditRecord(
            id: id, occurred: now.addingTimeInterval(seconds), activity: activity,
            initiator: AuditRecord.Initiator(.application, id: "admin", name: "Admin"),
            target: AuditRecord.Target(.user, id: "u-\(id)", name: "\(id)@example.test"), requestID: "r-\(id)",
            details: ["note": "é \"quoted\""])
    }

    private static func people(_ count: Int, in store: SQLStore) async throws -> [User] {
        let users = (0..<count).map { User(userPrincipalName: "user\($0)@example.test", displayName: "User \($0)") }
        for user in users { try await store.add(user) }
        return users
    }

    private static func code(_ kind: Code.Kind = .standard, days: Double = 30) -> Code {
        Code(
            id: UUID().uuidString.lowercased(), kind: kind, publicKey: Array(repeating: 7, count: 32), created: now, start: now,
            expire: now.addingTimeInterval(days * 86_400))
    }

    private static let pin = StoredPIN(hash: "hash", length: 8, mustChange: true, created: now, updated: now)

    @Test(arguments: Backend.here) func `an act and its record are written together, or neither`(_ backend: Backend) async throws
    {
        let store = try await backend.store()
        let ada = User(userPrincipalName: "ada@example.test", displayName: "Ada")
        try await store.recording(Self.record("a")).add(ada)
        await #expect(throws: StoreError.exists("ada@example.test")) {
            try await store.recording(Self.record("b")).add(User(userPrincipalName: "ada@example.test", displayName: "Ada"))
        }
        #expect(try await !store.recording(Self.record("c")).deleteMethod(ofUser: ada.id, at: Self.now))
        #expect(try await store.audits(AuditQuery()) == [Self.record("a")])
    }

    @Test(arguments: Backend.here) func `records are found by what they say, in pages`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let records = (0..<7).map { Self.record("id-\($0)", after: Double($0 / 2), $0 < 5 ? .createCode : .updatePolicy) }
        for record in records { _ = try await store.recording(record).changePolicy { _ in } }
        var query = AuditQuery(LogRange(isAscending: true))
        query.equal = [(.initiatorID, "ADMIN"), (.activity, "create qr code")]
        query.prefixes = [(.targetName, "ID-")]
        query.range.limit = 2
        var seen: [AuditRecord] = []
        while let page = try await Optional(store.audits(query)), let last = page.last {
            seen += page
            query.range.after = LogRange.Place(occurred: last.occurred, id: last.id)
        }
        #expect(seen == Array(records.prefix(5)))
        query.range.after = nil
        query.range.occurred = [(.notBefore, Self.now.addingTimeInterval(1)), (.before, Self.now.addingTimeInterval(2))]
        #expect(try await store.audits(query) == Array(records[2...3]))
    }

    @Test(arguments: Backend.here) func `people are found by name, state and group`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let users = [
            User(userPrincipalName: "ada@example.test", displayName: "Ada"),
            User(userPrincipalName: "Émile@example.test", displayName: "Émile", isEnabled: false),
            User(userPrincipalName: "zoe%@example.test", displayName: "Zoë"),
        ]
        for user in users { try await store.add(user) }
        let group = Group(displayName: "Nurses", created: Self.now)
        try await store.add(group)
        #expect(try await store.addMember(users[1].id, toGroup: group.id))
        #expect(try await !store.addMember(users[1].id, toGroup: group.id))
        func found(_ change: (inout UserQuery) -> Void) async throws -> [String] {
            var query = UserQuery()
            change(&query)
            return try await store.users(query).map(\.displayName)
        }
        #expect(try await found { $0.equal = [(.userPrincipalName, "ÉMILE@example.test")] } == ["Émile"])
        #expect(try await found { $0.prefixes = [(.userPrincipalName, "ZOE%")] } == ["Zoë"])
        #expect(try await found { $0.prefixes = [(.userPrincipalName, "%")] } == [])
        #expect(try await found { $0.equal = [(.displayName, "ADA")] } == ["Ada"])
        #expect(try await found { $0.prefixes = [(.displayName, "Ém")] } == ["Émile"])
        #expect(try await found { $0.isEnabled = false } == ["Émile"])
        #expect(try await found { $0.groupID = group.id } == ["Émile"])
    }

    @Test(arguments: Backend.here) func `the policy admits by group; a group that it names stays`(_ backend: Backend) async throws
    {
        let store = try await backend.store()
        let users = try await Self.people(2, in: store)
        let group = Group(displayName: "Nurses", description: "All of them", created: Self.now)
        try await store.add(group)
        #expect(try await store.group(group.id.uppercased()) == group)
        _ = try await store.addMember(users[0].id, toGroup: group.id)
        await #expect(throws: StoreError.missing("nowhere")) {
            try await store.changePolicy { $0.included = [.group("nowhere")] }
        }
        let policy = try await store.changePolicy { $0.included = [.group(group.id)] }
        #expect(try await store.admits(users[0].id, by: policy))
        #expect(try await !store.admits(users[1].id, by: policy))
        await #expect(throws: StoreError.inUse(group.id)) { try await store.deleteGroup(group.id) }
        _ = try await store.changePolicy { $0.included = [.everyone, .user(users[0].id)] }
        #expect(try await store.deleteGroup(group.id))
        #expect(try await store.groupIDs(ofUser: users[0].id).isEmpty)
        #expect(try await !store.deleteGroup(group.id))
    }

    @Test(arguments: Backend.here) func `someone deleted is nowhere, but in what happened`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let ada = try await Self.people(1, in: store)[0]
        let group = Group(displayName: "Nurses", created: Self.now)
        try await store.add(group)
        _ = try await store.addMember(ada.id, toGroup: group.id)
        _ = try await store.changePolicy { $0.excluded = [.user(ada.id)] }
        let code = Self.code()
        try await store.create(
            QRCodePINMethod(id: "m", userID: ada.id, created: Self.now, standardCode: code, pin: Self.pin), at: Self.now)
        #expect(try await store.deleteUser(ada.id, at: Self.now))
        #expect(try await !store.deleteUser(ada.id, at: Self.now))
        #expect(try await store.code(code.id) == nil)
        #expect(try await store.method(ofUser: ada.id) == nil)
        #expect(try await store.policy().excluded.isEmpty)
        var query = UserQuery()
        query.groupID = group.id
        #expect(try await store.users(query).isEmpty)
    }

    @Test(arguments: Backend.here) func `a badge whose answer was lost is replaced, with the PIN that went with it`(
        _ backend: Backend
    ) async throws {
        let store = try await backend.store()
        let user = try await Self.people(1, in: store)[0]
        let job = BulkJob(id: "job", action: .issue, start: nil, expire: nil, request: "{}", created: Self.now)
        _ = try await store.add(
            job, [BulkItem(jobID: "job", position: 0, userID: user.id, userPrincipalName: user.userPrincipalName)])
        var codes: [Code] = []
        for _ in 0..<2 {
            try await store.release(job: "job")
            let item = try #require(
                try await store.claim(1, ofJob: "job", until: Self.now.addingTimeInterval(60), at: Self.now).first)
            #expect(item.codeID == codes.last?.id && item.madePIN == !codes.isEmpty)
            let code = Self.code()
            let pin = try await store.issue(code, Self.pin, replacing: false, for: item, waiting: Self.now, at: Self.now)
            #expect(pin != nil)
            codes.append(code)
        }
        #expect(try await store.acknowledge(codes.map(\.id), ofJob: "job") == [codes[0].id])
        #expect(try await store.method(ofUser: user.id)?.standardCode?.id == codes[1].id)
        #expect(try await store.bulkStatus(of: job).done == 1)
    }

    @Test(arguments: Backend.here) func `codes in force are listed as they expire`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let users = try await Self.people(4, in: store)
        for (user, days) in zip(users, [20.0, 10, 40, 30]) {
            try await store.create(Self.code(days: days), forUser: user.id, at: Self.now)
        }
        _ = try await store.deleteCode(.standard, ofUser: users[3].id, at: Self.now)
        let end = Self.now.addingTimeInterval(35 * 86_400)
        var found = try await store.expiring(after: Self.now, until: end, behind: nil, limit: 10)
        #expect(found.map(\.user) == [users[1], users[0]])
        let place = LogRange.Place(occurred: found[0].code.expire, id: found[0].code.id)
        found = try await store.expiring(after: Self.now, until: end, behind: place, limit: 10)
        #expect(found.map(\.user) == [users[0]])
    }
}
