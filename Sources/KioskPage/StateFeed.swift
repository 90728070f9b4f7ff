import Synchronization

/// The kiosk's state and those who follow it.
public final class StateFeed: Sendable {
    /// A state and its name. Two snapshots of one id are the same.
    struct Snapshot: Hashable, Sendable {
        let id: String
        let state: KioskState
    }

    private struct Inner {
        var state: KioskState
        var number = 0
        var listeners: Listeners<Snapshot>
        /// Ids of another start are other ids.
        let start = String(UInt32.random(in: 0 ... .max), radix: 16)

        var snapshot: Snapshot { Snapshot(id: "\(start)-\(number)", state: state) }
        func tell() { listeners.tell(snapshot) }
    }

    private let inner: Mutex<Inner>

    /// At most `limit` follow at once: a page, one that is being loaded again, and some frontends of the site's own.
    public init(_ state: KioskState = KioskState(), limit: Int = 16) {
        inner = Mutex(Inner(state: state, listeners: Listeners(limit: limit)))
    }

    public func update(_ change: (inout KioskState) -> Void) {
        inner.withLock { inner in
            let old = inner.state
            change(&inner.state)
            guard inner.state != old else { return }
            inner.number += 1
            inner.tell()
        }
    }

    /// Tells everyone again what they know. It keeps connections alive, and finds those that are not.
    func beat() { inner.withLock { $0.tell() } }

    public var state: KioskState { snapshot.state }

    var snapshot: Snapshot { inner.withLock { $0.snapshot } }

    /// The present state and those that follow, until the reader is done; nil when too many listen.
    func listen() -> AsyncStream<Snapshot>? {
        inner.withLock { inner in
            inner.listeners.add(inner.snapshot) { [weak self] id in self?.inner.withLock { $0.listeners.remove(id) } }
        }
    }
}
