import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PrometheusMetrics
import Synchronization

/// How the service meets its callers.
public struct Exposure: Sendable {
    /// A proxy in front says who calls and how: its `x-forwarded-for` and `x-forwarded-proto` are believed, and nobody else's.
    public var isBehindProxy = false
    /// This process does TLS itself.
    public var hasTLS = false
    /// Kiosks must show a TLS certificate with their client id as its name.
    public var needsKioskCertificate = false
    public var limits = CallLimits()

    public init() {}
}

/// What is learned of a call on its way, for the log and the metrics.
final class CallRecord: Sendable {
    private let state = Mutex((caller: "", address: ""))

    var caller: String {
        get { state.withLock { $0.caller } }
        set { state.withLock { $0.caller = newValue } }
    }
    /// Where the call comes from, without a port; empty when that is not known.
    var address: String {
        get { state.withLock { $0.address } }
        set { state.withLock { $0.address = newValue } }
    }
}

/// The outermost of all: settles who calls and how, times the call, and sees that each answer is logged and has its safety headers.
struct Entrance: RouterMiddleware {
    typealias Context = CallContext

    let service: LifecycleService

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let request = settleOrigin(of: request, context)
        var response = try await next(request, context)
        addSafetyHeaders(to: &response, isSecure: request.headers[.forwardedProto] == "https")
        let duration = ContinuousClock.now - start
        // The template, never the path: that may hold a userPrincipalName.
        let route = context.endpointPath ?? "none"
        let status = "\(response.status.code)"
        service.metrics.observe(
            .requests, [("method", Self.known(request.method)), ("route", route), ("status", status)], duration)
        context.logger.info(
            "request",
            metadata: [
                "request-id": "\(response.headers[.requestID] ?? "")", "method": "\(Self.known(request.method))",
                "route": "\(route)", "status": "\(status)", "milliseconds": "\(duration / .milliseconds(1))",
                "caller": "\(context.caller)",
            ])
        return response
    }

    /// Leaves in the request only what of its `x-forwarded-…` headers is to be believed.
    private func settleOrigin(of request: Request, _ context: Context) -> Request {
        var head = request.head
        if service.exposure.isBehindProxy {
            // The last one is the proxy's own word; those before it are the caller's.
            if let last = request.headers[values: .forwardedFor].last?.split(separator: ",").last {
                context.record.address = last.trimmingPrefix(while: { $0 == " " }).description
            }
        } else {
            head.headerFields[.forwardedProto] = service.exposure.hasTLS ? "https" : nil
            head.headerFields[.forwardedFor] = nil
        }
        if context.record.address.isEmpty { context.record.address = context.channel.remoteAddress?.ipAddress ?? "" }
        return Request(head: head, body: request.body)
    }

    /// OWASP's headers for an API; a page sets its own policy before.
    private func addSafetyHeaders(to response: inout Response, isSecure: Bool) {
        func suggest(_ name: HTTPField.Name, _ value: String) {
            if response.headers[name] == nil { response.headers[name] = value }
        }
        suggest(.cacheControl, "no-store")
        suggest(.xContentTypeOptions, "nosniff")
        suggest(.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        suggest(.referrerPolicy, "no-referrer")
        suggest(.xFrameOptions, "DENY")
        if isSecure { suggest(.strictTransportSecurity, "max-age=31536000") }
    }

    /// A method is the caller's word: unknown ones share a name, so that nobody fills the metrics with his own.
    private static func known(_ method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [.get, .head, .put, .post, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }
}

extension HTTPField.Name {
    static let forwardedFor = Self("x-forwarded-for")!  // A literal that is a token (RFC 9110 §5.6.2).
    static let xFrameOptions = Self("x-frame-options")!  // Likewise.
}

extension GraphError {
    static func tooManyRequests(retryAfter seconds: Double) -> GraphError {
        GraphError(
            status: .tooManyRequests, code: "tooManyRequests", message: "This caller makes too many requests. Wait, then go on.",
            headers: [.retryAfter: "\(Int(seconds.rounded(.up)))"])
    }
}

extension LifecycleService {
    /// Throws a 429 when the caller, whose token was verified, makes too many calls.
    func admit(_ caller: String, isKiosk: Bool) throws {
        try admit("caller " + caller, isKiosk ? exposure.limits.kiosk : exposure.limits.client, isKiosk ? "kiosk" : "client")
    }

    /// Throws a 429 when too many calls without a valid token come from one address. Costs little, so it is asked before the work.
    func admitAddress(_ context: CallContext) throws {
        guard !context.record.address.isEmpty else { return }
        try admit("address " + Self.network(context.record.address), exposure.limits.address, "address")
    }

    private func admit(_ key: String, _ rate: CallRate, _ kind: String) throws {
        guard let wait = limiter.wait(key, rate) else { return }
        metrics.count(.limited, [("kind", kind)])
        throw GraphError.tooManyRequests(retryAfter: wait)
    }

    /// An IPv6 caller has a whole /64 to call from (RFC 6177).
    static func network(_ address: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
