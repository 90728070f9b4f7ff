import Testing

@testable import KioskPage

@Suite struct StateFeedTests {
    @Test func `a change is news, and the same again is none`() {
        let feed = StateFeed()
        let first = feed.snapshot
        feed.update { $0.phase = .idle }
        #expect(feed.snapshot == first)
        feed.update { $0.phase = .checkingBadge }
        #expect(feed.snapshot.id != first.id && feed.snapshot.state.phase == .checkingBadge)
        #expect(StateFeed().snapshot.id != first.id, "another start has other ids")
    }

    @Test func `a slow listener hears the newest, and a beat says it again`() async {
        let feed = StateFeed()
        var states = feed.listen()?.makeAsyncIterator()
        for typed in 1...5 { feed.update { $0.typed = typed } }
        #expect(await states?.next()?.state.typed == 5)
        feed.beat()
        #expect(await states?.next() == feed.snapshot)
    }

    @Test func `at most so many listen, and who leaves makes room`() {
        let feed = StateFeed(limit: 2)
        var first = feed.listen()
        let second = feed.listen()
        #expect(first != nil && second != nil && feed.listen() == nil)
        first = nil
        #expect(feed.listen() != nil)
    }
}
