import Dispatch
import Glibc
public import NFCTag
import Synchronization

/// The card readers that pcscd has, read on a thread of their own. They may come and go, and so may pcscd.
public final class CardReaders: Sendable {
    public enum Report: Sendable {
        /// What is on a card that was held to a reader.
        case card(TagReading, reader: String)
        /// A card that was not read. The reason is `cardLeft` or `inUse`.
        case missed(SmartCardError)
        /// These are there now, one at least.
        case present([String])
        case absent(reason: String)
    }

    private let wanted: [String]
    /// While there is a connection to pcscd.
    private let context = Mutex<CardContext?>(nil)

    /// `wanted`: parts of the names of those to use; empty: all.
    public init(wanted: [String] = []) { self.wanted = wanted }

    /// The names of the readers that there are now.
    public func present() throws(SmartCardError) -> [String] {
        var watch = CardWatch(wanted: wanted)
        watch.found(try CardContext().readers())
        return watch.readers
    }

    /// The first card that is at a reader, or comes to one; nil when none does in time. Blocks. Throws when there is no reader.
    public func firstCard(within patience: Duration) throws(SmartCardError) -> Card? {
        let context = try CardContext()
        var watch = CardWatch(wanted: wanted, takesPresent: true)
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            watch.found(try context.readers())
            guard !watch.readers.isEmpty else { throw SmartCardError(.noReader) }
            let changes = try context.changes(of: watch.known, within: 500) ?? []
            if let reader = watch.arrivals(changes).first { return try Card(at: reader, context) }
        }
        return nil
    }

    /// The reports until the reader of them is done. At most 8 wait: people tap a few cards a second.
    public func reports() -> AsyncStream<Report> {
        AsyncStream(bufferingPolicy: .bufferingOldest(8)) { continuation in
            let isDone = Done()
            continuation.onTermination = { [self] _ in
                isDone.set()
                context.withLock { $0 }?.cancel()
            }
            DispatchQueue(label: "card readers").async { self.run(isDone) { continuation.yield($0) } }
        }
    }

    private func run(_ isDone: Done, _ tell: (Report) -> Void) {
        var (lastReason, pause): (String?, Int) = (nil, Self.shortestPause)
        while !isDone.value {
            do throws(SmartCardError) {
                let open = try CardContext()
                context.withLock { $0 = open }
                defer { context.withLock { $0 = nil } }
                try watch(open, isDone, tell) {
                    (lastReason, pause) = ($0, Self.shortestPause)
                }
            } catch {
                // An absence is told once, not once a try.
                if error.description != lastReason { tell(.absent(reason: error.description)) }
                lastReason = error.description
                for _ in 0..<pause where !isDone.value { usleep(100_000) }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Tenths of a second between two tries to reach pcscd.
    private static let shortestPause = 3
    private static let longestPause = 40

    /// Until pcscd is gone. `said` is called with the reason for which there is no reader, nil when there is one.
    private func watch(
        _ open: CardContext, _ isDone: Done, _ tell: (Report) -> Void, said: (String?) -> Void
    ) throws(SmartCardError) {
        var watch = CardWatch(wanted: wanted)
        var before: [String]?
        while !isDone.value {
            watch.found(try open.readers())
            // What is new is told once a look has worked. Else a second, for what came between two looks.
            let isNew = watch.readers != before
            let changes = try open.changes(of: watch.known, within: isNew ? 0 : 1000)
            if isNew {
                let reason = watch.readers.isEmpty ? SmartCardError(.noReader).description : nil
                tell(reason.map(Report.absent) ?? .present(watch.readers))
                said(reason)
                before = watch.readers
            }
            for reader in watch.arrivals(changes ?? []) where !isDone.value { tell(read(reader, open)) }
        }
    }

    private func read(_ reader: String, _ open: CardContext) -> Report {
        var tries = 0
        while true {
            do throws(SmartCardError) {
                return .card(try Card(at: reader, open).read(), reader: reader)
            } catch {
                if error.failure == .unknownCard { return .card(.identifierOnly, reader: reader) }
                tries += 1
                guard error.failure == .cardLeft, tries < Self.tries else { return .missed(error) }
                usleep(Self.wobble)
            }
        }
    }

    /// A hand is not steady: of a card that left and came back at once pcscd, which looks every 400 ms, may say that it was there all the time.
    private static let tries = 3
    /// Microseconds.
    private static let wobble: UInt32 = 300_000

    private final class Done: Sendable {
        private let flag = Atomic(false)
        var value: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }
}
