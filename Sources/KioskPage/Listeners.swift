import FoundationEssentials

/// Those who follow something, each with room for one: who is slow hears the newest.
struct Listeners<News: Sendable>: Sendable {
    private var all: [UUID: AsyncStream<News>.Continuation] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func tell(_ news: News) { for listener in all.values { listener.yield(news) } }

    /// What is told from now on, `news` first; nil when too many listen. `left` is called with a name to remove when the reader is done.
    mutating func add(_ news: News, left: @escaping @Sendable (UUID) -> Void) -> AsyncStream<News>? {
        guard all.count < limit else { return nil }
        let id = UUID()
        let (stream, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { _ in left(id) }
        continuation.yield(news)
        all[id] = continuation
        return stream
    }

    mutating func remove(_ id: UUID) { all[id] = nil }
}
