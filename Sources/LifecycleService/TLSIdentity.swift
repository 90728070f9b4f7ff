import FoundationEssentials
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The certificate with which the service shows itself, and the authority for those of kiosks. It can change while the service runs.
public final class TLSIdentity: Sendable {
    private let certificate: String
    private let key: String
    private let kioskCA: String?
    private let context: Mutex<NIOSSLContext>

    /// PEM files: a chain with the service's own certificate first, its private key, and the certificates of `kioskCA`.
    public init(certificate: String, key: String, kioskCA: String? = nil) throws {
        (self.certificate, self.key, self.kioskCA) = (certificate, key, kioskCA)
        context = Mutex(try Self.load(certificate, key, kioskCA))
    }

    /// Reads the files again, for connections from now on. Throws a ``TLSIdentityError``, and keeps what it has, when they are no good.
    public func reload() throws {
        let new = try Self.load(certificate, key, kioskCA)
        context.withLock { $0 = new }
    }

    func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context.withLock { $0 }) }

    private static func load(_ certificate: String, _ key: String, _ kioskCA: String?) throws -> NIOSSLContext {
        func reading<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
            do { return try body() } catch { throw TLSIdentityError(path: path, cause: "\(error)") }
        }
        let chain = try reading(certificate) { try NIOSSLCertificate.fromPEMFile(certificate) }
        let privateKey = try reading(key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        // RFC 9325 §3.1.1 and §4.2: no version before 1.2, and there only ciphers with forward secrecy and AEAD.
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.applicationProtocols = ["http/1.1"]
        if let kioskCA {
            configuration.trustRoots = .certificates(try reading(kioskCA) { try NIOSSLCertificate.fromPEMFile(kioskCA) })
            // An administrator's browser has none; whether a call needs one is decided with its route.
            configuration.certificateVerification = .optionalVerification
        }
        return try reading(certificate) { try NIOSSLContext(configuration: configuration) }
    }
}

public struct TLSIdentityError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    public var description: String { "\(path) cannot be used for TLS (\(cause)). Give PEM files that belong together." }
}

/// TLS around another kind of connection, with the identity of the moment. Hummingbird's own keeps the first one.
struct TLSServerChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let identity: TLSIdentity

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(identity.handler()) }
            .flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
