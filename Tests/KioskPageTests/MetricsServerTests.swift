import AsyncHTTPClient
import Foundation
import KioskPage
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@Suite struct MetricsServerTests {
    /// Asks a server on a free port.
    private func answer(_ path: String, host: String? = nil) async throws -> (status: UInt, type: String?, text: String) {
        let silent = Logger(label: "metrics", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let server = MetricsServer(port: 0, logger: silent, onRunning: { running.yield($0) }) { "reads_total 1\n" }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: silent))
        async let serving: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next() ?? 0
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let host { request.headers.add(name: "host", value: host) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        await group.triggerGracefulShutdown()
        try await serving
        return (response.status.code, response.headers.first(name: "content-type"), text)
    }

    @Test func `Prometheus gets the text in its format`() async throws {
        let answer = try await answer("/metrics")
        #expect(answer.status == 200)
        #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text == "reads_total 1\n")
    }

    @Test func `there is nothing else, and nothing under another name`() async throws {
        #expect(try await answer("/").status == 404)
        #expect(try await answer("/metrics", host: "rebound.example").status == 421)
    }
}
