import Hummingbird
import LifecycleAPI
import NIOSSL

/// Lets a kiosk through only on a TLS connection with a certificate, of the authority that the service was given, which names the
/// kiosk's client id (a dNSName, RFC 9525 §6.3). Its token has been verified before; this ties it to the machine.
struct KioskCertificate: RouterMiddleware {
    typealias Context = CallContext

    let service: LifecycleService

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard service.exposure.needsKioskCertificate else { return try await next(request, context) }
        let names = try await context.channel.nioSSL_peerCertificate().get().map(Self.names) ?? []
        guard names.contains(where: { $0.lowercased() == context.caller.lowercased() }) else {
            throw GraphError(
                status: .forbidden, code: "accessDenied",
                message: "This call needs a client certificate with the DNS name \(context.caller).")
        }
        return try await next(request, context)
    }

    private static func names(_ certificate: NIOSSLCertificate) -> [String] {
        // The underscore: NIOSSL keeps the right to change this. It is the library's one way to the names.
        certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }.map {
            String(decoding: $0.contents, as: UTF8.self)
        }
    }
}
