import HTTPTypes
import Hummingbird
import LifecycleAPI
import NIOCore
import PrometheusMetrics

/// `GET /metrics` for Prometheus. It names no person, but tells how busy a site is: to this machine, or with the role for it.
extension LifecycleService {
    func addMetricsRoutes(to router: Router<CallContext>) {
        let guarded = Requires(Access.metrics, service: self)
        router.get("/metrics") { request, context in
            if Self.isLoopback(context.record.address) { return metricsAnswer() }
            return try await guarded.handle(request, context: context) { _, _ in metricsAnswer() }
        }
    }

    private func metricsAnswer() -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition())))
    }

    /// 127.0.0.0/8 or ::1 (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
    static func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }
}
