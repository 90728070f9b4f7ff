import Credential
import Crypto
import FoundationEssentials
import JWTKit
import LifecycleAPI
import LifecycleStore

// The claims' own verify(using:) is left empty where it would ask for the date: time is an argument here.

/// The embedded issuer: access tokens for clients that prove their key (RFC 7523 §2.2), and assertions of sign-ins.
struct TokenIssuer: Sendable {
    static let tokenLifetime = 3600
    static let assertionLifetime: TimeInterval = 300
    static let audience = "qrpin"

    let name: String
    /// The newest first: it signs.
    private let keys: [Key]
    /// With the number of the key that signed.
    private let verified = VerifiedTokens<(AccessToken, Int)>()

    private struct Key {
        let id: JWKIdentifier
        let privateKey: Curve25519.Signing.PrivateKey
        let until: Date?
        let signer = JWTKeyCollection()

        func isGood(at now: Date) -> Bool { until.map { now < $0 } ?? true }
    }

    init(name: String, signing: [ServiceKeys.SigningKey]) async {
        self.name = name
        var keys: [Key] = []
        for signing in signing {
            let key = Key(
                id: JWKIdentifier(string: signing.id), privateKey: signing.key, until: signing.until)
            await key.signer.add(eddsa: EdDSA.PrivateKey(backing: signing.key), kid: key.id)
            keys.append(key)
        }
        self.keys = keys
    }

    private func sign(_ payload: some JWTPayload) async throws -> String {
        try await keys[0].signer.sign(payload, kid: keys[0].id)
    }

    struct AccessToken: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: Audience
        let exp: ExpirationClaim
        let roles: [String]

        func verify(using algorithm: some JWTAlgorithm) throws {
            guard aud.values.contains(TokenIssuer.audience) else { throw GraphError.unauthenticated }
        }
    }

    struct ClientAssertion: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: Audience
        let exp: ExpirationClaim

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    struct SignInAssertion: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: Audience
        let iat: IssuedAtClaim
        let exp: ExpirationClaim
        let jti: IDClaim
        /// RFC 8176 has `pin`; the badge is `qr`.
        var amr = ["qr", "pin"]
        let upn: String
        let kiosk: String

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    func verify(_ token: String, at now: Date) async throws -> AccessToken {
        let found = await verified.payload(of: token) {
            for (number, key) in keys.enumerated() where key.isGood(at: now) {
                if let payload = try? await key.signer.verify(token, as: AccessToken.self) { return (payload, number) }
            }
            return nil
        }
        guard let (payload, number) = found, keys[number].isGood(at: now), payload.iss.value == name, now < payload.exp.value
        else { throw GraphError.unauthenticated }
        return payload
    }

    /// An access token for the client that signed `assertion`; nil when it is not to be believed.
    func grant(_ assertion: String, from store: any LifecycleRepository, at now: Date) async throws -> TokenResponse? {
        let unverified = JWTKeyCollection()
        guard let claimed = try? await unverified.unverified(assertion, as: ClientAssertion.self),
            claimed.iss.value == claimed.sub.value
        else { return nil }
        let found = try await store.client(claimed.sub.value)
        // An unknown client costs the same work as a known one, so that timing does not tell them apart.
        let publicKey = found?.publicKey ?? LifecycleService.nobodysKey
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return nil }
        let clientKeys = JWTKeyCollection()
        await clientKeys.add(eddsa: EdDSA.PublicKey(backing: key))
        guard let proved = try? await clientKeys.verify(assertion, as: ClientAssertion.self), let client = found,
            proved.aud.values.contains(name),
            // A client assertion is for now; one that lives longer would be a password.
            now < proved.exp.value, proved.exp.value < now.addingTimeInterval(600)
        else { return nil }
        let token = AccessToken(
            iss: IssuerClaim(value: name), sub: SubjectClaim(value: client.id), aud: Audience(Self.audience),
            exp: ExpirationClaim(value: now.addingTimeInterval(TimeInterval(Self.tokenLifetime))), roles: client.roles)
        return TokenResponse(expiresIn: Self.tokenLifetime, accessToken: try await sign(token))
    }

    /// The assertion that a kiosk hands to the device's application.
    func assertion(for user: User, attempt: Attempt, at now: Date) async throws -> String {
        try await sign(
            SignInAssertion(
                iss: IssuerClaim(value: name), sub: SubjectClaim(value: user.id),
                aud: Audience("qrpin-application"),
                iat: IssuedAtClaim(value: now), exp: ExpirationClaim(value: now.addingTimeInterval(Self.assertionLifetime)),
                jti: IDClaim(value: attempt.id), upn: user.userPrincipalName, kiosk: attempt.kioskID))
    }

    /// The service's word for a kiosk's chain: a JWS of the `Checkpoint` (RFC 7515 §7.1). Made here rather than by the
    /// library, whose calls are asynchronous: it is made inside the transaction that stores the events.
    func checkpoint(of kioskID: String, at head: ChainHead, now: Date) throws -> String {
        let header = try WireJSON.encode(["alg": "EdDSA", "kid": keys[0].id.string, "typ": "JWT"])
        let claims = try WireJSON.encode(Checkpoint(issuer: name, kioskID: kioskID, head: head, at: now))
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        return signed + "." + Base64URL.encode(try keys[0].privateKey.signature(for: Data(signed.utf8)))
    }

    /// RFC 7517 §5, RFC 8037 §2. Without a time, those too that are not good for tokens any more: checkpoints outlive them.
    func jwks(at now: Date? = nil) -> JSONWebKeySet {
        JSONWebKeySet(
            keys: keys.filter { key in now.map(key.isGood) ?? true }.map {
                .init(
                    kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: $0.id.string,
                    x: Base64URL.encode($0.privateKey.publicKey.rawRepresentation))
            })
    }
}

struct JSONWebKeySet: Encodable, Sendable {
    struct Key: Encodable, Sendable {
        let kty: String, crv: String, alg: String, use: String, kid: String, x: String
    }

    let keys: [Key]
}
