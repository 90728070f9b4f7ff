import PrometheusMetrics
import Testing

enum DoorMetric: String, MetricFamily {
    case doors = "doors_total"
    case time = "door_seconds"

    var help: String { "Of \(rawValue)." }
    var isHistogram: Bool { self == .time }
}

/// The format is https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
@Suite struct MetricsTests {
    let metrics = Metrics<DoorMetric>()

    @Test func `a counter is a line for each set of labels, in order`() {
        metrics.count(.doors, [("way", "out")], by: 2)
        metrics.count(.doors, [("way", "in")])
        metrics.count(.doors, [("way", "in")])
        #expect(
            metrics.exposition().hasPrefix(
                """
                # HELP doors_total Of doors_total.
                # TYPE doors_total counter
                doors_total{way="in"} 2
                doors_total{way="out"} 2
                # HELP door_seconds
                """))
    }

    @Test func `a histogram's buckets are cumulative, and the last holds all`() {
        for seconds in [0.002, 0.002, 0.3, 100] { metrics.observe(.time, [], .seconds(seconds)) }
        let lines = metrics.exposition().split(separator: "\n")
        for line in [
            #"door_seconds_bucket{le="0.001"} 0"#, #"door_seconds_bucket{le="0.0025"} 2"#, #"door_seconds_bucket{le="0.25"} 2"#,
            #"door_seconds_bucket{le="0.5"} 3"#, #"door_seconds_bucket{le="10.0"} 3"#, #"door_seconds_bucket{le="+Inf"} 4"#,
            "door_seconds_count 4",
        ] { #expect(lines.contains(Substring(line)), "\(line)") }
    }

    @Test func `a label's value may hold anything`() {
        metrics.count(.doors, [("way", "a\"b\\c\nd")])
        #expect(metrics.exposition().contains(#"doors_total{way="a\"b\\c\nd"} 1"#))
    }

    @Test func `a gauge is read when it is asked for, and one that cannot be read is left out`() {
        metrics.add(MetricGauge(name: "open", help: "Open.") { 1 })
        metrics.add(MetricGauge(name: "broken", help: "Broken.") { nil })
        #expect(metrics.exposition().hasSuffix("# HELP open Open.\n# TYPE open gauge\nopen 1.0\n"))
        #expect(!metrics.exposition().contains("broken"))
    }

    @Test func `a process knows what it uses`() {
        for gauge in ProcessUsage.gauges { metrics.add(gauge) }
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_cpu_seconds_total"] {
            #expect(metrics.exposition().contains("\n\(name) "))
        }
    }
}
