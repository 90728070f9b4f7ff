import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOSSL
import Synchronization

/// How the calls of this process do TLS: with the system's authorities and no certificate, until it is told otherwise at its start.
public enum ServiceTLS {
    private static let chosen = Mutex<HTTPClient?>(nil)

    private static let standard = make()

    static var client: HTTPClient { chosen.withLock { $0 } ?? standard }

    /// It says at once when nobody listens, so that a kiosk can go on by itself. Never shut down: it lives as long as the process.
    private static func make(_ tls: TLSConfiguration? = nil) -> HTTPClient {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// PEM files: the one authority that is believed; a certificate with its chain and private key, for a service that asks for one.
    public static func use(authority: String?, certificate: String?, key: String?) throws {
        guard authority != nil || certificate != nil else { return take(nil) }
        func reading<Value>(_ path: String, _ body: (String) throws -> Value) throws -> Value {
            do { return try body(path) } catch { throw ServiceTLSError(path: path, cause: "\(error)") }
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority {
            configuration.trustRoots = .certificates(try reading(authority) { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let certificate, let key {
            configuration.certificateChain = try reading(certificate) { try NIOSSLCertificate.fromPEMFile($0) }.map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try reading(key) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        take(make(configuration))
    }

    /// The client before it ends, with the calls that it still makes.
    private static func take(_ client: HTTPClient?) {
        let former = chosen.withLock { chosen in
            defer { chosen = client }
            return chosen
        }
        former?.shutdown(queue: .global()) { _ in }
    }
}

public struct ServiceTLSError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    public var description: String { "\(path) cannot be used for TLS (\(cause)). Give a PEM file." }
}
