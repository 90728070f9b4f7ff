import FoundationEssentials
import KioskPage
import PrometheusMetrics
import Verifier

/// What the kiosk counts and times.
enum KioskMetric: String, MetricFamily {
    case reads = "qrpin_kiosk_reads_total"
    case attempts = "qrpin_kiosk_attempts_total"
    case prompt = "qrpin_kiosk_badge_to_prompt_seconds"
    case result = "qrpin_kiosk_key_to_result_seconds"
    case calls = "qrpin_kiosk_service_call_seconds"
    case crashes = "qrpin_kiosk_scanner_crashes_total"
    case reloads = "qrpin_kiosk_reloads_total"

    var help: String {
        switch self {
        case .reads: "QR codes and cards that a reader told of."
        case .attempts: "Attempts that ended, and ends of sessions, by outcome."
        case .prompt: "Time from a badge's read to the question for the PIN."
        case .result: "Time from the last key of a PIN to what follows from it."
        case .calls: "Time of a question to the service, by step (start, pin) and whether it was answered or failed."
        case .crashes: "Scanner processes that ended and were started again."
        case .reloads: "Configurations read again on SIGHUP: taken or refused."
        }
    }

    var isHistogram: Bool { self == .prompt || self == .result || self == .calls }
}

extension Metrics<KioskMetric> {
    /// What is true at present: 1 or 0.
    func addGauges(_ feed: StateFeed, outboxDepth: @escaping @Sendable () -> Int) {
        func truth(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Bool) {
            add(MetricGauge(name: "qrpin_kiosk_" + name, help: help) { read() ? 1 : 0 })
        }
        truth("camera_present", "Whether the camera shows pictures.") { feed.state.camera == .present }
        truth("keypad_present", "Whether the keypad's port is open.") { feed.state.keypad == .present }
        truth("service_reached", "Whether the last call of the service reached it.") { feed.state.isOnline }
        truth("clock_trusted", "Whether the clock is believed.") { Uptime.moment().isClockTrusted }
        add(MetricGauge(name: "qrpin_kiosk_outbox_events", help: "Events that wait for the service.") { Double(outboxDepth()) })
        for gauge in ProcessUsage.gauges { add(gauge) }
        count(.crashes, by: 0)
    }
}
