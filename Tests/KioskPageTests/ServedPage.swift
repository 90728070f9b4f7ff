import AsyncHTTPClient
import Foundation
import KioskPage
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

/// A page on a free port of loopback, for as long as a test runs.
struct ServedPage {
    let feed: StateFeed
    let preview: PreviewFeed?
    let port: Int
    let cancelled: Counter
    let signedOut: Counter
    let stayed: Counter

    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }

    private static let silent = Logger(label: "page", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Ends by a graceful shutdown, as the kiosk does, with all who listen still listening.
    static func run<Answer: Sendable>(
        limit: Int = 16, application: PageServer.Application? = nil, preview: PreviewFeed? = nil, feed given: StateFeed? = nil,
        _ body: @escaping @Sendable (ServedPage) async throws -> Answer
    ) async throws -> Answer {
        let (feed, cancelled, signedOut, stayed) = (given ?? StateFeed(limit: limit), Counter(), Counter(), Counter())
        let actions = PageActions(cancel: { cancelled.add() }, signOut: { signedOut.add() }, stay: { stayed.add() })
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let server = PageServer(
            port: 0, feed: feed, languages: try Languages(), actions: actions, application: application, preview: preview,
            logger: silent, onRunning: { running.yield($0) })
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: silent))
        return try await withThrowingTaskGroup(of: Answer?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await port in ports {
                    return try await body(
                        ServedPage(
                            feed: feed, preview: preview, port: port, cancelled: cancelled, signedOut: signedOut, stayed: stayed))
                }
                return nil
            }
            defer { tasks.cancelAll() }
            while let answer = try await tasks.next() {
                guard let answer else { continue }
                await group.triggerGracefulShutdown()
                while try await tasks.next() != nil {}
                return answer
            }
            throw CancellationError()
        }
    }

    func send(_ method: HTTPMethod = .GET, _ path: String, _ headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = headers
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    }

    func text(_ path: String, _ headers: HTTPHeaders = [:]) async throws -> String {
        String(buffer: try await send(.GET, path, headers).body.collect(upTo: 1 << 20))
    }

    /// As the page does: the token from the page itself.
    func bearer() async throws -> HTTPHeaders {
        let token = try await text("/").firstMatch(of: /name="qrpin-token" content="([0-9a-f]{64})"/)?.output.1
        return ["Authorization": "Bearer \(token ?? "")"]
    }

    /// The events of a listener, one by one.
    func events(_ headers: HTTPHeaders, of name: String = "events") async throws -> AsyncThrowingStream<String, any Error> {
        let body = try await send(.GET, "/api/v1/\(name)", headers).body
        return AsyncThrowingStream { continuation in
            let reading = Task {
                var rest = ""
                do {
                    for try await chunk in body {
                        rest += String(buffer: chunk)
                        while let end = rest.range(of: "\n\n") {
                            continuation.yield(String(rest[..<end.lowerBound]))
                            rest.removeSubrange(..<end.upperBound)
                        }
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }
}
