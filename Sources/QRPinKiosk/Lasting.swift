import KioskPage
import KioskRuntime
import PrometheusMetrics
import ServiceManager
import SignInReporting
import Synchronization
import Verifier

/// What one configuration leaves to the next.
final class Lasting: Sendable {
    let feed = StateFeed()
    /// The page that is open stays the kiosk's.
    let pageToken = PageToken()
    let metrics = Metrics<KioskMetric>()
    let attempts = AttemptCounter()
    let view = TerminalView()
    let manager = ServiceManager()
    private let timer = Mutex(StepTimer())
    private let waiting = Waiting()
    private let present = Mutex<(kiosk: Kiosk?, number: Int)>((nil, 0))

    /// Events in the outbox, when they were last counted.
    private final class Waiting: Sendable { let events = Atomic(0) }

    init() { metrics.addGauges(feed) { [waiting] in waiting.events.load(ordering: .relaxed) } }

    /// The kiosk of the present configuration.
    var kiosk: Kiosk? {
        get { present.withLock { $0.kiosk } }
        set { present.withLock { $0 = (newValue, $0.number + 1) } }
    }

    /// Changes while the kiosk gets on.
    var progress: Int {
        get async {
            let (kiosk, number) = present.withLock { $0 }
            return (await kiosk?.turns ?? 0) &+ number << 32
        }
    }

    func read() {
        metrics.count(.reads)
        timer.withLock { $0.read(at: Uptime.moment().uptime) }
    }

    func pressed() { timer.withLock { $0.pressed(at: Uptime.moment().uptime) } }

    func shown(_ display: Display) {
        switch timer.withLock({ $0.shown(display, at: Uptime.moment().uptime) }) {
        case (.prompt, let duration)?: metrics.observe(.prompt, [], duration)
        case (.result, let duration)?: metrics.observe(.result, [], duration)
        case nil: break
        }
    }

    func asked(_ duration: Duration, _ isAnswered: Bool) {
        let step = timer.withLock { $0.call }
        metrics.observe(.calls, [("step", step), ("result", isAnswered ? "answered" : "failed")], duration)
    }

    func ended(_ outcome: Outcome) { metrics.count(.attempts, [("outcome", outcome.rawValue)]) }

    /// Tells the service manager in a line how things are, as often as that changes.
    func tellStatus(_ outbox: Outbox) async {
        var told: String?
        repeat {
            if let count = try? await outbox.count() { waiting.events.store(count, ordering: .relaxed) }
            let status = Self.status(feed.state, waiting: waiting.events.load(ordering: .relaxed))
            if status != told { manager.tell(status: status) }
            told = status
        } while (try? await Task.sleep(for: .seconds(1))) != nil
    }

    /// Without a name: whoever is on the machine may read it.
    static func status(_ state: KioskState, waiting: Int) -> String {
        let others = [("barcode scanner", state.reader), ("card reader", state.tap)].filter { $0.1 != .none }
        return """
            \(state.phase.rawValue); camera \(state.camera.rawValue); \
            \(others.map { "\($0.0) \($0.1.rawValue); " }.joined())keypad \(state.keypad.rawValue); \
            service \(state.isOnline ? "reached" : "unreachable"); \(waiting) events wait
            """
    }
}
