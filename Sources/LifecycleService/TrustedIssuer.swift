public import FoundationEssentials
import Credential
import JWTKit
import LifecycleAPI
import Logging

/// An issuer of access tokens beside the embedded one, such as Microsoft Entra or Keycloak, known by its name and its keys.
///
/// Takes EdDSA, ES256/384/512, RS256/384/512 and PS256/384/512 (RFC 7518 §3.1, RFC 8037 §3.1). The keys are fetched when they are
/// first needed, again after a day, and when a token names one that is not known, but never twice in ``leastInterval``.
public actor TrustedIssuer {
    /// What `iss` must be.
    public nonisolated let name: String
    private let audiences: Set<String>
    private let fetch: @Sendable () async throws -> Data
    private let logger = Logger(label: "qrpin-lifecycle")
    private var keys: [String: JWTKeyCollection] = [:]
    private var fetched: Date?
    private var fetching: Task<Void, Never>?

    static let leastInterval: TimeInterval = 60
    static let mostAge: TimeInterval = 86_400
    /// `nbf` is another machine's clock.
    static let leeway: TimeInterval = 300

    /// `audiences`: of which `aud` must name one. `fetch` gives the JSON Web Key Set (RFC 7517 §5).
    public init(name: String, audiences: [String], fetch: @escaping @Sendable () async throws -> Data) {
        self.name = name
        self.audiences = Set(audiences)
        self.fetch = fetch
    }

    /// The claims of a token of this issuer that is valid now; throws for any other.
    func verify(_ token: String, at now: Date) async throws -> Claims {
        guard let key = try await key(JWTPart.header(of: token).kid, at: now) else { throw GraphError.unauthenticated }
        let claims = try await key.verify(token, as: Claims.self)
        guard claims.iss == name, now < claims.exp.value, !audiences.isDisjoint(with: claims.aud.values),
            claims.nbf.map({ $0.value <= now.addingTimeInterval(Self.leeway) }) ?? true
        else { throw GraphError.unauthenticated }
        return claims
    }

    private func key(_ id: String?, at now: Date) async throws -> JWTKeyCollection? {
        if fetched.map({ now.timeIntervalSince($0) > Self.mostAge }) ?? true { await refresh(at: now) }
        if let known = known(id) { return known }
        if fetched.map({ now.timeIntervalSince($0) > Self.leastInterval }) ?? true { await refresh(at: now) }
        return known(id)
    }

    /// A token that names no key can only mean the one that there is (RFC 7515 §4.1.4).
    private func known(_ id: String?) -> JWTKeyCollection? {
        if let id { keys[id] } else if keys.count == 1 { keys.values.first } else { nil }
    }

    /// One fetch at a time; whoever comes meanwhile waits for it. When it fails the keys stay as they are.
    private func refresh(at now: Date) async {
        if let fetching { return await fetching.value }
        let task = Task {
            do {
                keys = try await Self.keys(in: fetch())
            } catch {
                logger.error("keys not fetched", metadata: ["issuer": "\(name)", "error": "\(error)"])
            }
            fetched = now
            fetching = nil
        }
        fetching = task
        await task.value
    }

    /// The keys of a set, each with its one algorithm. A key that cannot be used, or is not for signatures, is passed over.
    private static func keys(in set: Data) async throws -> [String: JWTKeyCollection] {
        var keys: [String: JWTKeyCollection] = [:]
        for entry in try JSONDecoder().decode(KeySet.self, from: set).keys where (entry.use ?? "sig") == "sig" {
            guard var jwk = entry.jwk, jwk.algorithm != .rsaOAEP else { continue }
            // Where the set names no algorithm the token must not choose one for the key.
            jwk.algorithm = jwk.algorithm ?? usualAlgorithm(of: jwk)
            jwk.keyIdentifier = jwk.keyIdentifier ?? JWKIdentifier(string: "")
            let collection = JWTKeyCollection()
            if let id = jwk.keyIdentifier?.string, (try? await collection.add(jwk: jwk)) != nil { keys[id] = collection }
        }
        return keys
    }

    /// RFC 7518 §3.4 ties each curve to its hash; RS256 is what issuers mean by an RSA key without `alg`.
    private static func usualAlgorithm(of jwk: JWK) -> JWK.Algorithm? {
        switch (jwk.keyType, jwk.curve?.rawValue) {
        case (.rsa, _): .rs256
        case (.ecdsa, "P-256"): .es256
        case (.ecdsa, "P-384"): .es384
        case (.ecdsa, "P-521"): .es512
        case (.octetKeyPair, _): .eddsa
        default: nil
        }
    }

    private struct KeySet: Decodable {
        struct Entry: Decodable {
            let jwk: JWK?
            let use: String?

            enum CodingKeys: CodingKey { case use }

            init(from decoder: any Decoder) throws {
                jwk = try? JWK(from: decoder)
                use = try? decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
            }
        }

        let keys: [Entry]
    }

    /// What an access token says (RFC 9068 §2.2; "Access token claims reference" of the Microsoft identity platform).
    struct Claims: JWTPayload {
        let iss: String
        let sub: String?
        let aud: Audience
        let exp: ExpirationClaim
        let nbf: NotBeforeClaim?
        /// Application permissions.
        let roles: [String]?
        /// Delegated scopes, separated by spaces. A token that has it acts for a person.
        let scp: String?
        let oid: String?
        let upn: String?
        let preferredUsername: String?
        /// The client.
        let azp: String?
        let appid: String?
        /// Template ids of directory roles.
        let wids: [String]?
        /// Names of directory roles.
        let directoryRoles: [String]?

        enum CodingKeys: String, CodingKey {
            case iss, sub, aud, exp, nbf, roles, scp, oid, upn, azp, appid, wids, directoryRoles
            case preferredUsername = "preferred_username"
        }

        // The times are compared with the service's clock, by the issuer.
        func verify(using algorithm: some JWTAlgorithm) {}

        /// The names by which the directory may know the person, the surest first.
        var names: [String] { [oid, upn, preferredUsername, sub].compactMap(\.self) }
        var client: String? { azp ?? appid ?? sub }
    }
}

/// What a token says before it is verified.
enum JWTPart {
    struct Header: Decodable { let kid: String? }
    struct Payload: Decodable { let iss: String? }

    static func header(of token: String) throws -> Header { try part(0, of: token) }
    static func payload(of token: String) throws -> Payload { try part(1, of: token) }

    private static func part<Part: Decodable>(_ index: Int, of token: String) throws -> Part {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let json = Base64URL.decode(parts[index]) else { throw GraphError.unauthenticated }
        return try JSONDecoder().decode(Part.self, from: Data(json))
    }
}
