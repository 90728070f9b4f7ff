import Crypto
import Foundation
import HTTPTypes
import JWTKit
import LifecycleAPI
import LifecycleService
import Synchronization

/// An issuer beside the embedded one, with a key that tests can change; only the fetch of its keys is not over HTTP.
final class OutsideIssuer: Sendable {
    static let name = "https://id.example.test"

    private struct State {
        var kid = "first"
        var key = ES256PrivateKey()
        var fetches = 0
    }

    private let state = Mutex(State())

    var fetches: Int { state.withLock { $0.fetches } }

    func rotate(to kid: String) { state.withLock { ($0.kid, $0.key) = (kid, ES256PrivateKey()) } }

    /// As Entra publishes them: without `alg`, and with keys of kinds that are not for this service.
    var trusted: TrustedIssuer {
        TrustedIssuer(name: Self.name, audiences: ["qrpin", "api://qrpin"]) { [self] in
            state.withLock { state in
                state.fetches += 1
                let (x, y) = state.key.publicKey.parameters.map { ($0.x, $0.y) } ?? ("", "")
                return Data(
                    """
                    {"keys": [{"kty": "oct", "kid": "secret", "k": "AAAA"}, {"kty": "RSA", "use": "enc", "kid": "other", "n": "AQAB"},
                     {"kty": "EC", "use": "sig", "crv": "P-256", "kid": "\(state.kid)", "x": "\(x)", "y": "\(y)"}]}
                    """.utf8)
            }
        }
    }

    /// A token with these claims beside `iss`, `aud` and an `exp` an hour from `now`, which they may replace.
    func token(_ claims: [String: Claim], at now: Date, kid: String? = nil) async throws -> String {
        let (key, ownKid) = state.withLock { ($0.key, $0.kid) }
        let usual: [String: Claim] = [
            "iss": .text(Self.name), "aud": .text("qrpin"), "exp": .number(now.timeIntervalSince1970 + 3600),
        ]
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: key, kid: JWKIdentifier(string: kid ?? ownKid))
        return try await keys.sign(
            Claims(values: usual.merging(claims) { $1 }), kid: JWKIdentifier(string: kid ?? ownKid))
    }

    enum Claim: Codable, Sendable {
        case text(String), list([String]), number(Double)

        init(from decoder: any Decoder) throws { self = .text(try decoder.singleValueContainer().decode(String.self)) }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .list(let list): try container.encode(list)
            case .number(let number): try container.encode(number)
            }
        }
    }

    private struct Claims: JWTPayload {
        let values: [String: Claim]

        init(values: [String: Claim]) { self.values = values }
        init(from decoder: any Decoder) throws { values = try [String: Claim](from: decoder) }
        func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
        func verify(using algorithm: some JWTAlgorithm) {}
    }
}

extension Caller {
    /// Calls with a token of the outside issuer.
    func request(
        _ method: HTTPRequest.Method, _ path: String, claims: [String: OutsideIssuer.Claim], body: String? = nil
    ) async throws -> Site.Reply {
        try await request(method, path, token: site.outside.token(claims, at: site.clock.now), body: body)
    }

    func request(_ method: HTTPRequest.Method, _ path: String, token: String, body: String? = nil) async throws -> Site.Reply {
        try await request(method, path, body: body, headers: [.authorization: "Bearer " + token])
    }

    /// The claims of an application that acts for Ada.
    static func ada(_ scopes: String, roles: [String] = []) -> [String: OutsideIssuer.Claim] {
        [
            "sub": .text("s-1"), "preferred_username": .text("ada@example.test"), "scp": .text(scopes),
            "directoryRoles": .list(roles),
        ]
    }
}
