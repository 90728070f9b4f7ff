import AsyncHTTPClient
import NIOSSL
import Synchronization

/// How the calls of this process do TLS: with the system's authorities and no certificate, until it is told otherwise at its start.
public enum ServiceTLS {
    private static let chosen = Mutex<HTTPClient?>(nil)

    static var client: HTTPClient { chosen.withLock { $0 } ?? .shared }

    /// PEM files: the one authority that is believed; a certificate with its chain and private key, for a service that asks for one.
    public static func use(authority: String?, certificate: String?, key: String?) throws {
        guard authority != nil || certificate != nil else { return }
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
        // Never shut down: it lives as long as the process.
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(tlsConfiguration: configuration))
        chosen.withLock { $0 = client }
    }
}

public struct ServiceTLSError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    public var description: String { "\(path) cannot be used for TLS (\(cause)). Give a PEM file." }
}
