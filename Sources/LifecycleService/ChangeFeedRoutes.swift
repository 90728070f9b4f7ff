import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore
import ServiceLifecycle
import Synchronization

/// `GET /kiosk/v1/changes?since=N&wait=SECONDS` (design §4).
///
/// Without `since` the answer has no change, but the number to begin with. With `wait`, at most 60, an answer without a change comes only after
/// that time. A number that is too old, or was never reached, is a 410 with `resyncRequired`: then the kiosk must take everything anew.
extension LifecycleService {
    func changes(_ request: Request, kioskID: String) async throws -> Response {
        let query = request.uri.queryParameters
        guard let since = query["since"].map({ Int($0) ?? -1 }) else {
            return try Self.answer(
                ChangeFeed(
                    number: try await store.changeNumber(), changes: [],
                    offlinePolicy: try await store.offlinePolicy(kioskID: kioskID)), to: request)
        }
        guard since >= 0, let seconds = Int(query["wait"] ?? "0"), (0...60).contains(seconds) else {
            throw GraphError.badRequest("invalidRequest", "since is a number from 0 on, wait a number of seconds up to 60.")
        }
        try await changes.wait(past: since, for: .seconds(seconds))
        guard let changes = try await store.changes(after: since, limit: 500) else {
            throw GraphError(
                status: .gone, code: "resyncRequired",
                message: "The changes behind \(since) are not known any more. Forget what was kept, and ask without since.")
        }
        // Read last: it may be newer than the changes, but not older.
        let offline = try await store.offlinePolicy(kioskID: kioskID)
        return try Self.answer(
            ChangeFeed(number: changes.last?.number ?? since, changes: changes, offlinePolicy: offline), to: request)
    }

    private static func answer(_ feed: ChangeFeed, to request: Request) throws -> Response {
        let tag = "\"\(feed.number)\""
        if feed.changes.isEmpty, request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: [.eTag: tag])
        }
        var response = try Response.json(feed)
        response.headers[.eTag] = tag
        return response
    }
}

/// Looks for new changes on behalf of all kiosks that wait: one question to the store in each pause, however many they are.
///
/// It asks the store, not this process, because another process may have made the change.
final class ChangeWatch: Sendable {
    static let pause = Duration.milliseconds(500)

    private let store: any LifecycleRepository
    private let latest = Mutex<(number: Int, read: ContinuousClock.Instant)?>(nil)

    init(store: any LifecycleRepository) { self.store = store }

    /// Returns when there is a change behind `number`, after `time`, or when the service shuts down.
    func wait(past number: Int, for time: Duration) async throws {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end, !Task.isShuttingDownGracefully, try await current() <= number {
            try await Task.sleep(for: Self.pause)
        }
    }

    private func current() async throws -> Int {
        // Whoever finds the last look too old takes the next one; the others go by what was seen.
        let known = latest.withLock { latest -> Int? in
            let now = ContinuousClock.now
            if let seen = latest, now - seen.read < Self.pause { return seen.number }
            latest?.read = now
            return nil
        }
        if let known { return known }
        let number = try await store.changeNumber()
        latest.withLock { $0 = (number, .now) }
        return number
    }
}
