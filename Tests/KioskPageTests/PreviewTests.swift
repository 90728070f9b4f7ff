import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Testing

@testable import KioskPage

@Suite struct PreviewTests {
    private static let picture = PreviewFeed.Picture(width: 2, height: 1, luma: Data([0, 255]), outline: [0, 0, 1, 1])

    @Test func `a picture is heard while a badge is waited for or looked up, and never while a PIN is typed`() async throws {
        let feed = StateFeed()
        let previews = PreviewFeed(feed: feed)
        var heard = previews.listen()?.makeAsyncIterator()
        #expect(await heard?.next() == .some(nil), "a sign of life comes first")
        for phase in KioskState.Phase.allCases where ![.idle, .checkingBadge].contains(phase) {
            feed.update { $0.phase = phase }
            previews.show(Self.picture)
        }
        previews.beat()
        #expect(await heard?.next() == .some(nil))
        for phase in [KioskState.Phase.idle, .checkingBadge] {
            feed.update { $0.phase = phase }
            previews.show(Self.picture)
            #expect(await heard?.next() == .some(Self.picture))
        }
    }

    @Test func `who comes late hears nothing of what was shown before`() async {
        let previews = PreviewFeed(feed: StateFeed())
        previews.show(Self.picture)
        var heard = previews.listen()?.makeAsyncIterator()
        #expect(await heard?.next() == .some(nil))
    }

    @Test func `at most so many listen`() {
        let previews = PreviewFeed(feed: StateFeed(), limit: 1)
        let first = previews.listen()
        #expect(first != nil && previews.listen() == nil)
    }

    @Test func `a page learns of the preview from the state, and follows it with its token`() async throws {
        let feed = StateFeed()
        try await ServedPage.run(preview: PreviewFeed(feed: feed), feed: feed) { page in
            let bearer = try await page.bearer()
            #expect(try await page.text("/api/v1/state", bearer).contains(#""hasPreview":true"#))
            #expect(try await page.send(.GET, "/api/v1/preview").status == .unauthorized)
            var events = try await page.events(bearer, of: "preview").makeAsyncIterator()
            #expect(try await events.next() == "retry: 1000")
            #expect(try await events.next() == ":")
            page.preview?.show(Self.picture)
            // On a slow machine the next is a heartbeat, too.
            var event = try #require(try await events.next())
            while event == ":" { event = try #require(try await events.next()) }
            // Two pixels, 0 and 255, in base64 (RFC 4648 §4).
            #expect(event.hasPrefix("data: {") && event.contains(#""luma":"AP8=""#) && event.contains(#""outline":[0,0,1,1]"#))
        }
    }

    @Test func `without a preview the state says none, and its path leads nowhere`() async throws {
        try await ServedPage.run { page in
            let bearer = try await page.bearer()
            #expect(try await page.text("/api/v1/state", bearer).contains(#""hasPreview":false"#))
            #expect(try await page.send(.GET, "/api/v1/preview", bearer).status == .notFound)
        }
    }
}
