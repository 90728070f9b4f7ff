import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import Logging
import Synchronization
import Testing

@testable import LifecycleService

@Suite struct EntranceTests {
    @Test func `every answer has the safety headers, and one over TLS tells the browser to stay there`() async throws {
        try await Site().run { call in
            for path in ["/healthz", "/beta/users", "/nowhere", "/metrics"] {
                let headers = try await call.request(.get, path).headers
                #expect(headers[.xContentTypeOptions] == "nosniff" && headers[.cacheControl] == "no-store", "\(path)")
                #expect(
                    headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true && headers[.xFrameOptions] == "DENY")
                #expect(headers[.strictTransportSecurity] == nil && headers[.requestID] != nil)
            }
        }
    }

    @Test func `a burst is admitted, then the rate, and a caller pays for nobody else`() {
        let limiter = RateLimiter()
        let (rate, start) = (CallRate(perSecond: 2, burst: 5), ContinuousClock.now)
        for _ in 1...5 { #expect(limiter.wait("a", rate, at: start) == nil) }
        let wait = limiter.wait("a", rate, at: start)
        #expect(wait.map { abs($0 - 0.5) < 0.001 } == true)
        #expect(limiter.wait("b", rate, at: start) == nil)
        #expect(limiter.wait("a", rate, at: start + .milliseconds(499)) != nil)
        #expect(limiter.wait("a", rate, at: start + .milliseconds(501)) == nil)
        // After a rest the burst is whole again, and no more than whole.
        let admitted = (1...10).filter { _ in limiter.wait("a", rate, at: start + .seconds(60)) == nil }
        #expect(admitted.count == 5)
        #expect((1...1000).allSatisfy { _ in limiter.wait("c", .unlimited, at: start) == nil })
    }

    @Test func `a flood of callers takes no more memory than the capacity, and locks out nobody who is known`() {
        let limiter = RateLimiter(capacity: 100)
        let (rate, start) = (CallRate(perSecond: 1, burst: 2), ContinuousClock.now)
        #expect(limiter.wait("known", rate, at: start) == nil)
        let admitted = (0..<10_000).count { limiter.wait("flood \($0)", rate, at: start) == nil }
        #expect(admitted == 99 + 2, "those beyond share one bucket")
        #expect(limiter.count <= 101 && limiter.wait("known", rate, at: start) == nil)
        #expect(limiter.wait("late", rate, at: start + .seconds(10)) == nil, "the full buckets have been forgotten")
        #expect(limiter.count <= 3)
    }

    @Test(arguments: ["", "50", "50/", "/5", "0/5", "50/0", "x/5", "-1/5", "nan/5", "inf/5", "50/5/5", "off "])
    func `a rate that is none is refused`(text: String) { #expect(CallRate(text) == nil) }

    @Test func `a rate is so many a second and so many at once, or off`() {
        #expect(CallRate("50/200") == CallRate(perSecond: 50, burst: 200) && CallRate("off") == .unlimited)
    }

    @Test func `the addresses of one IPv6 network are one caller`() {
        let network = LifecycleService.network("2001:0db8:1:2::7")
        #expect(LifecycleService.network("2001:db8:1:2:3:4:5:6") == network)
        #expect(LifecycleService.network("2001:db8:1:3::7") != network)
        #expect(LifecycleService.network("203.0.113.9") == "203.0.113.9" && LifecycleService.network("unknown") == "unknown")
    }

    @Test func `a log line is one JSON object, whatever is in it`() throws {
        let lines = Mutex<[String]>([])
        var log = LineLog { line in lines.withLock { $0.append(line) } }
        log.metadata["route"] = "/a"
        log.log(
            event: .init(
                level: .notice, message: "two\nlines \"quoted\"", metadata: ["route": "/b"], source: "", file: "", function: "",
                line: 0))
        let line = try #require(lines.withLock { $0 }.first)
        let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(!line.contains("\n") && fields["message"] == "two\nlines \"quoted\"" && fields["route"] == "/b")
        #expect(fields["level"] == "notice")
    }
}
