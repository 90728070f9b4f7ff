import Credential
import Crypto
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import Synchronization
import Testing

@testable import LifecycleService

/// What the service does for someone whom it does not know is what it does for someone whom it knows and does not believe.
@Suite struct EnumerationTests {
    /// The transactions of the store, in order: the work that can be counted. The signatures are checked on one path for all.
    final class Work: Sendable {
        private let kinds = Mutex<[String]>([])

        func note(_ kind: String) { kinds.withLock { $0.append(kind) } }

        func of<Value>(_ body: () async throws -> Value) async rethrows -> (Value, [String]) {
            kinds.withLock { $0 = [] }
            let value = try await body()
            return (value, kinds.withLock { $0 })
        }
    }

    static func service(_ site: Site, _ work: Work) async throws -> LifecycleService {
        let clock = site.clock
        let store = try await SQLStore(TimedDatabase(site.database) { isWrite, _ in work.note(isWrite ? "write" : "read") })
        return await LifecycleService(
            store: store, keys: try ServiceKeys(directory: site.directory + "/state"), now: { clock.now })
    }

    @Test func `a token is refused to an unknown client as to a known one with another key`() async throws {
        let (site, work) = (try await Site(), Work())
        try await site.run(Self.service(site, work)) { call async throws in
            let stranger = try await site.clientAssertion("nobody", key: .init())
            let forged = try await site.clientAssertion("admin", key: .init())
            let (first, workOfFirst) = try await work.of { try await call.tokenReply(stranger) }
            let (second, workOfSecond) = try await work.of { try await call.tokenReply(forged) }
            #expect(first.status == .unauthorized && second.status == .unauthorized)
            #expect(first.errorCode == second.errorCode && workOfFirst == workOfSecond && !workOfFirst.isEmpty)
        }
    }

    @Test func `a start is refused for an unknown badge as for a known one with a false proof`() async throws {
        let (site, work) = (try await Site(), Work())
        try await site.run(Self.service(site, work)) { call async throws in
            let badge = try await call.issue().badge
            let unknown = try BadgePayload(userPrincipalName: "ada@example.test", qrCodeID: .random(), key: .random())
            let (first, workOfFirst) = try await work.of { try await call.start(unknown) }
            let (second, workOfSecond) = try await work.of { try await call.start(badge, key: .random()) }
            #expect(first.result == .badgeRefused && second == SignInStarted(id: second.id, result: .badgeRefused))
            #expect(workOfFirst == workOfSecond && !workOfFirst.isEmpty)
        }
    }
}
