public import Credential
public import FoundationEssentials
import JWTKit
public import Verifier

/// What an application is given of a sign-in that the kiosk decided by itself.
///
/// A JWT with the claims of the service's assertion, but `iss` is the kiosk, `offline` is true, and the kiosk's own key signed it: an
/// application that knows the service's keys alone does not take it.
public enum OfflineAssertion {
    static let lifetime: TimeInterval = 300
    static let audience = "qrpin-application"

    static func issuer(ofKiosk kioskID: String) -> String { "urn:qrpin:kiosk:\(kioskID)" }

    public static func make(
        _ grant: OfflineGrant, _ attempt: AttemptID, kioskID: String, key: ClientKey, at now: Date
    ) async throws -> String {
        let keys = await JWTKeyCollection().add(eddsa: EdDSA.PrivateKey(backing: key.signing))
        return try await keys.sign(
            Claims(
                iss: IssuerClaim(value: issuer(ofKiosk: kioskID)), sub: SubjectClaim(value: grant.userID),
                aud: AudienceClaim(value: [audience]), iat: IssuedAtClaim(value: now),
                exp: ExpirationClaim(value: now.addingTimeInterval(lifetime)), jti: IDClaim(value: attempt.description),
                upn: grant.userPrincipalName, kiosk: kioskID))
    }

    private struct Claims: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: AudienceClaim
        let iat: IssuedAtClaim
        let exp: ExpirationClaim
        let jti: IDClaim
        var amr = ["qr", "pin"]
        let upn: String
        let kiosk: String
        var offline = true

        func verify(using algorithm: some JWTAlgorithm) {}
    }
}
