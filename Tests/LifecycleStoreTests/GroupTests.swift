import Foundation
import LifecycleAPI
import LifecycleStore
import Testing

@Suite struct GroupTests {
    static let now = MethodTests.now

    static func group(_ name: String = "Night shift") -> Group { Group(displayName: name, description: "Ward 3", created: now) }

    @Test(arguments: Backend.here) func `a group comes back, changes and ends, with its memberships`(_ backend: Backend)
        async throws
    {
        let (store, user) = try await MethodTests.site(backend)
        let group = Self.group()
        try await store.add(group)
        #expect(try await store.group(group.id.uppercased()) == group)
        let renamed = Group(id: group.id, displayName: "Day shift", created: Self.now)
        #expect(try await store.update(renamed))
        #expect(try await store.group(group.id) == renamed)
        #expect(try await store.addMember(user.id, toGroup: group.id))
        #expect(try await store.groupIDs(ofUser: user.id) == [group.id])
        #expect(try await store.deleteGroup(group.id))
        #expect(try await !store.deleteGroup(group.id))
        #expect(try await !store.update(renamed))
        #expect(try await store.groupIDs(ofUser: user.id).isEmpty)
    }

    @Test(arguments: Backend.here) func `of many who add or remove a member at once one did it`(_ backend: Backend) async throws {
        let (store, user) = try await MethodTests.site(backend)
        let group = Self.group()
        try await store.add(group)
        let added = await sideBySide(8) { _ in try await store.addMember(user.id, toGroup: group.id) }
        #expect(try added.count { try $0.get() } == 1)
        let removed = await sideBySide(8) { _ in try await store.removeMember(user.id, fromGroup: group.id) }
        #expect(try removed.count { try $0.get() } == 1)
    }

    @Test(arguments: Backend.here) func `pages of groups have each once, also those of one name`(_ backend: Backend) async throws
    {
        let store = try await backend.store()
        let groups = ["b", "A", "a", "a", "a", "Ä", "a-b", "ab"].map { Self.group($0) }
        for group in groups { try await store.add(group) }
        var seen: [Group] = []
        while true {
            let place = seen.last.map { GroupQuery.Place(displayName: $0.displayName, id: $0.id) }
            let page = try await store.groups(GroupQuery(after: place, limit: 3))
            if page.isEmpty { break }
            seen += page
        }
        #expect(seen.count == groups.count && Set(seen.map(\.id)) == Set(groups.map(\.id)))
    }

    @Test(arguments: Backend.here)
    func `a group goes or the policy names it, never both, also when both are asked for at once`(_ backend: Backend) async throws
    {
        let store = try await backend.store()
        for _ in 1...8 {
            let group = Self.group()
            try await store.add(group)
            _ = await sideBySide(2) { number in
                if number == 0 {
                    _ = try await store.deleteGroup(group.id)
                } else {
                    _ = try await store.changePolicy { $0.excluded = [.group(group.id)] }
                }
            }
            let isNamed = try await store.policy().excluded.contains(.group(group.id))
            #expect(try await (store.group(group.id) != nil) == isNamed)
            _ = try await store.changePolicy { $0.excluded = [] }
        }
    }

    @Test(arguments: Backend.here) func `a list is taken as a whole or not at all`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let csv = "userPrincipalName,displayName,groups\nada@example.test,Ada,Night\nbo@example.test,Bo,Night;Day\n"
        let entries = try UserList(csv: csv) { _ in nil }.entries
        await #expect(throws: UserListError.self) {
            try await store.take(entries, creatingGroups: false, at: Self.now)
        }
        #expect(try await store.users(UserQuery()).isEmpty)
        let results = await sideBySide(4) { _ in try await store.take(entries, creatingGroups: true, at: Self.now) }
        let imports = try results.map { try $0.get() }
        #expect(imports.map(\.created).reduce(0, +) == 2 && imports.map(\.groupsCreated).reduce(0, +) == 2)
        #expect(try await store.users(UserQuery()).count == 2)
        #expect(try await store.groups(GroupQuery()).map(\.displayName) == ["Day", "Night"])
    }
}

@Suite struct BulkTests {
    static let now = MethodTests.now

    static func job(_ store: SQLStore, users count: Int) async throws -> (BulkJob, [User]) {
        let users = (0..<count).map { User(userPrincipalName: "user-\($0)@example.test", displayName: "Someone") }
        for user in users { try await store.add(user) }
        let job = BulkJob(
            id: UUID().uuidString.lowercased(), action: .issue, start: nil, expire: now + 86_400, request: "all", created: now)
        let items = users.enumerated().map { number, user in
            BulkItem(jobID: job.id, position: number, userID: user.id, userPrincipalName: user.userPrincipalName)
        }
        #expect(try await store.add(job, items) == job)
        return (job, users)
    }

    @Test(arguments: Backend.here) func `a job is added once, whoever asks at once`(_ backend: Backend) async throws {
        let store = try await backend.store()
        let (job, _) = try await Self.job(store, users: 3)
        let again = await sideBySide(5) { number in
            let other = BulkJob(
                id: job.id, action: .revoke, start: nil, expire: nil, request: "\(number)", created: Self.now + 1)
            return try await store.add(other, [])
        }
        #expect(try again.allSatisfy { try $0.get() == job })
        #expect(try await store.bulkStatus(of: job).pending == 3)
    }

    @Test(arguments: Backend.here) func `processes that work on one job never claim the same person`(_ backend: Backend)
        async throws
    {
        let store = try await backend.store()
        let (job, users) = try await Self.job(store, users: 12)
        let claims = await sideBySide(6) { _ in
            try await store.claim(3, ofJob: job.id, until: Self.now + 60, at: Self.now).map(\.userPrincipalName)
        }
        let names = try claims.flatMap { try $0.get() }
        #expect(names.count == users.count && Set(names) == Set(users.map(\.userPrincipalName)))
        #expect(try await store.claim(3, ofJob: job.id, until: Self.now + 60, at: Self.now).isEmpty)
        #expect(try await store.claim(20, ofJob: job.id, until: Self.now + 120, at: Self.now + 61).count == users.count)
    }

    @Test(arguments: Backend.here) func `a badge is made by who claimed the person last, and once`(_ backend: Backend)
        async throws
    {
        let store = try await backend.store()
        let (job, users) = try await Self.job(store, users: 1)
        let lost = try #require(try await store.claim(1, ofJob: job.id, until: Self.now + 60, at: Self.now).first)
        let item = try #require(try await store.claim(1, ofJob: job.id, until: Self.now + 120, at: Self.now + 61).first)
        let codes = (0..<6).map { MethodTests.code(key: UInt8($0)) }
        await #expect(throws: StoreError.self) {
            _ = try await store.issue(
                codes[0], MethodTests.pin(), replacing: false, for: lost, waiting: Self.now + 200, at: Self.now + 62)
        }
        let made = await sideBySide(codes.count) { number in
            try await store.issue(
                codes[number], MethodTests.pin("\(number)"), replacing: false, for: item, waiting: Self.now + 200,
                at: Self.now + 62)
        }
        #expect(made.count { (try? $0.get()) != nil } == 1)
        let method = try #require(try await store.method(ofUser: users[0].id))
        let code = try #require(method.standardCode)
        #expect(method.pin?.hash == "\(code.publicKey[0])")
        #expect(try await store.acknowledge([code.id], ofJob: job.id).isEmpty)
        #expect(try await store.bulkStatus(of: job).done == 1)
    }
}
