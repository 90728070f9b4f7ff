public import PrometheusMetrics

public typealias Metrics = PrometheusMetrics.Metrics<ServiceMetric>

/// What the service counts and times.
public enum ServiceMetric: String, MetricFamily {
    case requests = "qrpin_http_request_duration_seconds"
    case store = "qrpin_store_transaction_duration_seconds"
    case signIns = "qrpin_sign_in_results_total"
    case events = "qrpin_sign_in_events_total"
    case offlineEvents = "qrpin_offline_events_total"
    case limited = "qrpin_rate_limited_total"

    public var help: String {
        switch self {
        case .requests: "Time from a request's head to its answer, by route, method and status."
        case .store: "Time of a transaction of the store, the wait for it included."
        case .signIns: "Answers to the steps of sign-ins: start, pin, newPin."
        case .events: "Sign-in events that kiosks delivered, the repeated ones included."
        case .offlineEvents: "Those of them that kiosks decided by themselves, because this service was gone."
        case .limited: "Calls refused because their caller made too many."
        }
    }

    public var isHistogram: Bool { self == .requests || self == .store }
}

extension Metrics {
    /// Times a transaction of the store.
    public func observeStore(isWrite: Bool, _ duration: Duration) {
        observe(.store, [("kind", isWrite ? "write" : "read")], duration)
    }
}
