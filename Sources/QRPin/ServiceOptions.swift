import ArgumentParser
import Credential
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// Which service, and as whom.
struct ServiceOptions: ParsableArguments {
    @Option(help: "The lifecycle service's URL.") var service: String
    @Option(help: "The client id at the service.") var clientID: String
    @Option(help: "The client's key file, from `qrpin keygen`.") var key: String
    @Option(help: "The service's name in tokens.") var issuer = Issuer.defaultName
    @Option(help: "The one authority to believe for the service's TLS certificate, PEM. (default: the system's)")
    var serviceCA: String?

    func client() throws -> LifecycleClient {
        try ServiceTLS.use(authority: serviceCA, certificate: nil, key: nil)
        return LifecycleClient(url: service, clientID: clientID, key: try ClientKey(path: key), issuer: issuer)
    }

    /// The path of a user's method.
    static func methodPath(_ userPrincipalName: String) -> String {
        "/beta/users/\(segment(userPrincipalName))/authentication/qrCodePinMethod"
    }

    /// A name, escaped as one segment of a path (RFC 3986 §3.3).
    static func segment(_ name: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let hex = Array("0123456789ABCDEF")
        return name.utf8.map { byte in
            unreserved.contains(byte) ? String(UnicodeScalar(byte)) : "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
        }.joined()
    }
}

/// A date on the command line.
struct DateArgument: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = WireJSON.date(from: argument) else { return nil }
        self.date = date
    }
}

/// `qrpin keygen`: a key by which a program is known to the service.
struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a client's key file and prints its public half.")

    @Option(help: "The file to make; it must not exist.") var out: String

    func run() throws {
        let key = ClientKey()
        try key.write(to: out)
        print(key.publicText)
    }
}
