public import FoundationEssentials
import Synchronization

/// What the camera sees, for the page. It is kept nowhere: who is not listening misses it.
public final class PreviewFeed: Sendable {
    /// A small grey picture as it goes over the wire.
    public struct Picture: Encodable, Hashable, Sendable {
        let width: Int
        let height: Int
        let luma: Data
        let outline: [Int]?

        /// `luma` is a byte a pixel, row by row; `outline` is x, y, width and height of the badge in pixels.
        public init(width: Int, height: Int, luma: Data, outline: [Int]?) {
            (self.width, self.height, self.luma, self.outline) = (width, height, luma, outline)
        }
    }

    /// Nil is a sign of life without a picture.
    private let listeners: Mutex<Listeners<Picture?>>
    private let feed: StateFeed

    /// At most `limit` listen. The `feed` says that there is a preview, and when there is none.
    public init(feed: StateFeed, limit: Int = 4) {
        listeners = Mutex(Listeners(limit: limit))
        self.feed = feed
        feed.update { $0.hasPreview = true }
    }

    /// Shows a picture while a badge is waited for or looked up, and at no other time: the camera may see fingers on the keypad.
    public func show(_ picture: Picture) {
        guard [.idle, .checkingBadge].contains(feed.snapshot.state.phase) else { return }
        listeners.withLock { $0.tell(picture) }
    }

    func beat() { listeners.withLock { $0.tell(nil) } }

    /// Nil when too many listen.
    func listen() -> AsyncStream<Picture?>? {
        listeners.withLock { listeners in
            listeners.add(nil) { [weak self] id in self?.listeners.withLock { $0.remove(id) } }
        }
    }
}
