import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import LifecycleService
import NIOCore
import NIOHTTP1

/// The issuers that are trusted beside the embedded one.
struct TrustOptions: ParsableArguments {
    @Option(
        help: """
            An issuer of access tokens beside the embedded one, as ISS=KEYS: what `iss` is, and the file or https URL of its JSON Web \
            Key Set. Repeat it for more.
            """)
    var trustIssuer: [String] = []
    @Option(help: "What `aud` of such a token must be; repeat it for more.") var audience = ["qrpin"]

    func validate() throws { _ = try issuers() }

    func issuers() throws -> [TrustedIssuer] {
        try trustIssuer.map { option in
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError(
                    "--trust-issuer \(option): write ISS=KEYS, such as https://id.example=https://id.example/keys.")
            }
            return TrustedIssuer(name: parts[0], audiences: audience, fetch: try Self.fetch(parts[1]))
        }
    }

    private static func fetch(_ keys: String) throws -> @Sendable () async throws -> Data {
        guard let url = URL(string: keys), let scheme = url.scheme else {
            guard FileManager.default.isReadableFile(atPath: keys) else {
                throw ValidationError("--trust-issuer: \(keys) cannot be read. Give a JSON Web Key Set, or its https URL.")
            }
            return { try Data(contentsOf: URL(filePath: keys)) }
        }
        // Whoever could change the keys on their way could issue tokens.
        let isLoopback = ["127.0.0.1", "::1", "localhost"].contains(url.host ?? "")
        guard scheme == "https" || scheme == "http" && isLoopback else {
            throw ValidationError("--trust-issuer: \(keys) is not safe from change on its way. Give an https URL or a file.")
        }
        return {
            let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: keys), timeout: .seconds(10))
            guard answer.status == .ok else { throw FetchError(url: keys, status: answer.status.code) }
            return Data(try await answer.body.collect(upTo: 1 << 20).readableBytesView)
        }
    }
}

struct FetchError: Error, CustomStringConvertible {
    let url: String
    let status: UInt

    var description: String { "\(url) answers \(status). Check the URL in --trust-issuer." }
}
