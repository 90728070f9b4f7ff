import AsyncHTTPClient
import Foundation
import KioskPage
import Logging
import NIOHTTP1
import Testing

@Suite struct PageServerTests {
    @Test func `a listener hears the present state at once, then each change, and the end when the kiosk stops`() async throws {
        let rest = try await ServedPage.run { page in
            page.feed.update { $0.camera = .present }
            let stream = try await page.events(page.bearer())
            var events = stream.makeAsyncIterator()
            #expect(try await events.next() == "retry: 1000")
            let first = try #require(try await events.next())
            #expect(first.wholeMatch(of: /id: [0-9a-f]+-1\ndata: {.*"camera":"present".*"phase":"idle".*}/) != nil, "\(first)")
            page.feed.update { ($0.phase, $0.prompt, $0.typed, $0.length) = (.pin, .current, 3, 8) }
            // A slow machine may see the heartbeat, which says the last state again.
            var second = try #require(try await events.next())
            while second.contains("-1\n") { second = try #require(try await events.next()) }
            #expect(second.contains(#""typed":3"#) && second.contains(#""prompt":"current""#) && second.contains("-2\n"))
            return stream
        }
        for try await event in rest where !event.contains("-2\n") { Issue.record("after the end: \(event)") }
    }

    @Test func `the state can be asked for, and each action is done`() async throws {
        try await ServedPage.run { page in
            let bearer = try await page.bearer()
            page.feed.update { ($0.phase, $0.outcome) = (.outcome, "wrongPIN") }
            let text = try await page.text("/api/v1/state", bearer)
            let state = try JSONDecoder().decode(KioskState.self, from: Data(text.utf8))
            #expect(state.phase == .outcome && state.outcome == "wrongPIN" && state.isOnline)
            for action in ["cancel", "sign-out", "sign-out", "stay"] {
                #expect(try await page.send(.POST, "/api/v1/\(action)", bearer).status == .noContent)
            }
            #expect(page.cancelled.value == 1 && page.signedOut.value == 2 && page.stayed.value == 1)
            #expect(try await page.send(.GET, "/api/v1/cancel", bearer).status == .notFound)
            #expect(page.cancelled.value == 1)
        }
    }

    @Test(arguments: [
        ("Host", "evil.example", 421), ("Host", "evil.example:PORT", 421), ("Host", "127.0.0.1", 421),
        ("Host", "127.0.0.1:1", 421),
        ("Host", "127.0.0.1.evil.example:PORT", 421), ("Host", "localhost:PORT", 200), ("Host", "127.0.0.1:PORT", 200),
        ("Origin", "http://127.0.0.1:PORT", 200), ("Origin", "http://evil.example", 403), ("Origin", "null", 403),
        ("Origin", "https://127.0.0.1:PORT", 403), ("Origin", "http://127.0.0.1:1", 403),
        ("Origin", "http://localhost:PORT", 403),
        ("Sec-Fetch-Site", "same-origin", 200), ("Sec-Fetch-Site", "none", 200), ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-site", 403),
    ])
    func `even with the token, a request of another host or origin is refused`(
        name: String, value: String, status: Int
    ) async throws {
        try await ServedPage.run { page in
            var headers = try await page.bearer()
            headers.add(name: name, value: value.replacingOccurrences(of: "PORT", with: "\(page.port)"))
            for path in ["/", "/api/v1/state", "/languages.json"] {
                #expect(try await page.send(.GET, path, headers).status.code == status, "\(path)")
            }
            let act = try await page.send(.POST, "/api/v1/cancel", headers).status.code
            #expect(act == (status == 200 ? 204 : status) && page.cancelled.value == (status == 200 ? 1 : 0))
        }
    }

    @Test(arguments: ["", "Bearer", "Bearer x", "Basic TOKEN", "Bearer TOKEN0", "TOKEN", "Bearer TOKEN TOKEN"])
    func `without this start's token the API says nothing and does nothing`(text: String) async throws {
        try await ServedPage.run { page in
            let token = try #require(try await page.bearer()["Authorization"].first).dropFirst(7)
            let headers: HTTPHeaders = ["Authorization": text.replacingOccurrences(of: "TOKEN", with: token)]
            for path in ["state", "events", "nothing", ""] {
                let answer = try await page.send(.GET, "/api/v1/\(path)", headers)
                #expect(answer.status == .unauthorized && answer.headers["WWW-Authenticate"] == ["Bearer"])
            }
            #expect(try await page.send(.POST, "/api/v1/cancel", headers).status == .unauthorized && page.cancelled.value == 0)
        }
    }

    @Test(arguments: ["/", "/kiosk.js", "/nothing", "/api/v1/state"])
    func `no answer may be framed, kept, or read by another origin`(path: String) async throws {
        try await ServedPage.run { page in
            let headers = try await page.send(.GET, path, page.bearer()).headers
            let policy = headers["Content-Security-Policy"].first ?? ""
            #expect(policy.hasPrefix("default-src 'self';") && policy.contains("frame-ancestors 'none'"))
            #expect(headers["Cache-Control"] == ["no-store"] && headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(headers["Cross-Origin-Resource-Policy"] == ["same-origin"] && headers["Access-Control-Allow-Origin"] == [])
        }
    }

    @Test func `another start has another token`() async throws {
        let first = try await ServedPage.run { try await $0.bearer() }
        try await ServedPage.run { page in
            let answer = try await page.send(.GET, "/api/v1/state", first)
            #expect(answer.status == .unauthorized)
        }
    }

    @Test func `one too many is told to wait, and may listen once another has left`() async throws {
        try await ServedPage.run(limit: 2) { page in
            let bearer = try await page.bearer()
            var first: AsyncThrowingStream<String, any Error>? = try await page.events(bearer)
            var second = try await page.events(bearer).makeAsyncIterator()
            #expect(try await second.next() == "retry: 1000")
            let third = try await page.send(.GET, "/api/v1/events", bearer)
            #expect(third.status == .serviceUnavailable && third.headers["Retry-After"] == ["5"])
            #expect(first != nil)
            first = nil
            // The server learns of it when the connection is closed.
            while try await page.send(.GET, "/api/v1/events", bearer).status != .ok {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test func `a port that is taken is said with its cure`() async throws {
        try await ServedPage.run { page in
            let second = PageServer(
                port: page.port, feed: StateFeed(), languages: try Languages(),
                actions: PageActions(cancel: {}, signOut: {}, stay: {}),
                logger: .init(label: ""))
            await #expect(throws: KioskPageError.port(page.port, EADDRINUSE)) { try await second.run() }
        }
    }

    @Test func `a token prints as redacted`() {
        let token = PageToken()
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(text.firstMatch(of: /[0-9a-f]{16}/) == nil, "\(text)")
        }
    }
}
