import Synchronization

/// What the service counts and times, as Prometheus reads it: text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public final class Metrics: Sendable {
    typealias Labels = [(name: String, value: String)]

    enum Family: String, CaseIterable {
        case requests = "qrpin_http_request_duration_seconds"
        case store = "qrpin_store_transaction_duration_seconds"
        case signIns = "qrpin_sign_in_results_total"
        case events = "qrpin_sign_in_events_total"
        case offlineEvents = "qrpin_offline_events_total"
        case limited = "qrpin_rate_limited_total"

        var help: String {
            switch self {
            case .requests: "Time from a request's head to its answer, by route, method and status."
            case .store: "Time of a transaction of the store, the wait for it included."
            case .signIns: "Answers to the steps of sign-ins: start, pin, newPin."
            case .events: "Sign-in events that kiosks delivered, the repeated ones included."
            case .offlineEvents: "Those of them that kiosks decided by themselves, because this service was gone."
            case .limited: "Calls refused because their caller made too many."
            }
        }

        var isHistogram: Bool { self == .requests || self == .store }
    }

    /// Upper bounds in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    struct Gauge: Sendable {
        let name: String
        let help: String
        var isCounter = false
        /// Nil leaves it out.
        let read: @Sendable () -> Double?
    }

    private struct Series {
        var count = 0
        var sum = 0.0
        var buckets: [Int] = []

        mutating func record(_ seconds: Double, _ bucket: Int?) {
            count += 1
            sum += seconds
            if let bucket { buckets[bucket] += 1 }
        }

        /// Buckets are cumulative, and the last is the count.
        func histogram(_ name: String, _ labels: String) -> [String] {
            let prefix = labels.isEmpty ? "" : labels + ","
            var total = 0
            let lines = zip(Metrics.bounds, buckets).map { bound, number in
                total += number
                return "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)"
            }
            return lines + [
                "\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)", "\(name)_sum\(Metrics.braced(labels)) \(sum)",
                "\(name)_count\(Metrics.braced(labels)) \(count)",
            ]
        }
    }

    private struct Key: Hashable {
        let family: Family
        let labels: String
    }

    private let series = Mutex<[Key: Series]>([:])
    private let gauges = Mutex<[Gauge]>([])

    public init() {}

    func add(_ gauge: Gauge) { gauges.withLock { $0.append(gauge) } }

    func count(_ family: Family, _ labels: Labels = [], by number: Int = 1) {
        series.withLock { $0[Key(family: family, labels: Self.text(labels)), default: Series()].count += number }
    }

    func observe(_ family: Family, _ labels: Labels, _ duration: Duration) {
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 }
        series.withLock { series in
            let new = Series(buckets: [Int](repeating: 0, count: Self.bounds.count))
            // In place: a copy of the buckets for each request would cost more than the rest.
            series[Key(family: family, labels: Self.text(labels)), default: new].record(seconds, bucket)
        }
    }

    /// Times a transaction of the store.
    public func observeStore(isWrite: Bool, _ duration: Duration) {
        observe(.store, [("kind", isWrite ? "write" : "read")], duration)
    }

    /// All of them, in the order of their names and labels.
    func exposition() -> String {
        let series = series.withLock { $0 }
        var lines: [String] = []
        for family in Family.allCases {
            let name = family.rawValue
            lines.append("# HELP \(name) \(family.help)")
            lines.append("# TYPE \(name) \(family.isHistogram ? "histogram" : "counter")")
            for (key, value) in series.filter({ $0.key.family == family }).sorted(by: { $0.key.labels < $1.key.labels }) {
                lines +=
                    family.isHistogram
                    ? value.histogram(name, key.labels) : ["\(name)\(Self.braced(key.labels)) \(value.count)"]
            }
        }
        for gauge in gauges.withLock({ $0 }) {
            guard let value = gauge.read() else { continue }
            lines.append("# HELP \(gauge.name) \(gauge.help)")
            lines.append("# TYPE \(gauge.name) \(gauge.isCounter ? "counter" : "gauge")")
            lines.append("\(gauge.name) \(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A value may hold anything: backslash, quote and line feed are escaped.
    private static func text(_ labels: Labels) -> String {
        labels.map { label in
            let value = label.value.replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#).replacing("\n", with: #"\n"#)
            return "\(label.name)=\"\(value)\""
        }.joined(separator: ",")
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
}
