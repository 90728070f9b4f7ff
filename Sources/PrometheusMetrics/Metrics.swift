import Synchronization

/// What a program counts and times.
public protocol MetricFamily: CaseIterable, Hashable, RawRepresentable<String>, Sendable {
    var help: String { get }
    /// A counter when not.
    var isHistogram: Bool { get }
}

/// A number that is read when it is asked for.
public struct MetricGauge: Sendable {
    let name: String
    let help: String
    let isCounter: Bool
    /// Nil leaves it out.
    let read: @Sendable () -> Double?

    public init(name: String, help: String, isCounter: Bool = false, read: @escaping @Sendable () -> Double?) {
        (self.name, self.help, self.isCounter, self.read) = (name, help, isCounter, read)
    }
}

/// Upper bounds of histograms, in seconds.
private let bounds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/// What a program counts and times, as Prometheus reads it: text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public final class Metrics<Family: MetricFamily>: Sendable {
    public typealias Labels = [(name: String, value: String)]

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
            let lines = zip(bounds, buckets).map { bound, number in
                total += number
                return "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)"
            }
            return lines + [
                "\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)", "\(name)_sum\(Metrics<Family>.braced(labels)) \(sum)",
                "\(name)_count\(Metrics<Family>.braced(labels)) \(count)",
            ]
        }
    }

    private struct Key: Hashable {
        let family: Family
        let labels: String
    }

    private let series = Mutex<[Key: Series]>([:])
    private let gauges = Mutex<[MetricGauge]>([])

    public init() {}

    public func add(_ gauge: MetricGauge) { gauges.withLock { $0.append(gauge) } }

    public func count(_ family: Family, _ labels: Labels = [], by number: Int = 1) {
        series.withLock { $0[Key(family: family, labels: Self.text(labels)), default: Series()].count += number }
    }

    public func observe(_ family: Family, _ labels: Labels, _ duration: Duration) {
        let seconds = duration / .seconds(1)
        let bucket = bounds.firstIndex { seconds <= $0 }
        series.withLock { series in
            let new = Series(buckets: [Int](repeating: 0, count: bounds.count))
            // In place: a copy of the buckets for each request would cost more than the rest.
            series[Key(family: family, labels: Self.text(labels)), default: new].record(seconds, bucket)
        }
    }

    /// All of them, in the order of their names and labels.
    public func exposition() -> String {
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
