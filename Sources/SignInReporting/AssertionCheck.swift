public import FoundationEssentials
import JWTKit
public import LifecycleAPI

/// Whether an assertion of a sign-in is to be believed: for the applications that a kiosk hands it to.
public struct AssertionCheck: Sendable {
    /// Whose sign-in it is. Another program must not take it twice; `attemptID` tells whether it did.
    public struct SignIn: Hashable, Sendable {
        public let userID: String
        public let userPrincipalName: String
        public let kioskID: String
        public let attemptID: String
        /// The kiosk's word alone: the service was gone.
        public let isOffline: Bool
    }

    /// Why it is not.
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case signature, issuer(String), audience, expired(since: Date), kiosk(String), method

        public var description: String {
            switch self {
            case .signature: "The assertion is signed by no key of the service. Is the key set the service's, and new enough?"
            case .issuer(let name): "The assertion is from the issuer \(name)."
            case .audience: "The assertion is meant for another application."
            case .expired(let date): "The assertion was good until \(date)."
            case .kiosk(let id): "The assertion is from the kiosk \(id)."
            case .method: "The assertion is not of a sign-in with QR code and PIN."
            }
        }
    }

    /// What is wrong with what ``init(keySet:issuer:audience:kioskID:kioskKey:)`` is given, beside the key set.
    public enum KeyError: Error, Hashable, Sendable { case kioskKey }

    private struct Claims: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: AudienceClaim
        let exp: ExpirationClaim
        let jti: IDClaim
        let amr: [String]
        let upn: String
        let kiosk: String
        let offline: Bool?

        /// Nothing: time is an argument of ``AssertionCheck/signIn(of:now:)``.
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    private let keys = JWTKeyCollection()
    private let issuer: String
    private let audience: String
    private let kioskID: String?
    private let kioskKeys: JWTKeyCollection?

    /// `keySet` is what the service has at `/.well-known/jwks.json` (RFC 7517); with `kioskID` only that kiosk's sign-ins count.
    /// Its word alone counts only with its public key (43 base64url characters), too.
    public init(
        keySet: String, issuer: String = Issuer.defaultName, audience: String = "qrpin-application", kioskID: String? = nil,
        kioskKey: String? = nil
    ) async throws {
        (self.issuer, self.audience, self.kioskID) = (issuer, audience, kioskID)
        if let kioskKey {
            guard let key = try? EdDSA.PublicKey(x: kioskKey, curve: .ed25519) else { throw KeyError.kioskKey }
            kioskKeys = await JWTKeyCollection().add(eddsa: key)
        } else {
            kioskKeys = nil
        }
        try await keys.add(jwksJSON: keySet)
    }

    /// Throws a ``Refusal``.
    public func signIn(of assertion: String, now: Date) async throws -> SignIn {
        let byService = try? await keys.verify(assertion, as: Claims.self)
        let byKiosk = byService == nil ? try? await kioskKeys?.verify(assertion, as: Claims.self) : nil
        guard let claims = byService ?? byKiosk else { throw Refusal.signature }
        let expected = byKiosk == nil ? issuer : kioskID.map(OfflineAssertion.issuer) ?? ""
        guard claims.iss.value == expected else { throw Refusal.issuer(claims.iss.value) }
        guard claims.aud.value.contains(audience) else { throw Refusal.audience }
        guard now < claims.exp.value else { throw Refusal.expired(since: claims.exp.value) }
        guard kioskID == nil || claims.kiosk == kioskID else { throw Refusal.kiosk(claims.kiosk) }
        guard Set(claims.amr).isSuperset(of: ["qr", "pin"]) else { throw Refusal.method }
        return SignIn(
            userID: claims.sub.value, userPrincipalName: claims.upn, kioskID: claims.kiosk, attemptID: claims.jti.value,
            isOffline: byKiosk != nil || claims.offline == true)
    }
}
