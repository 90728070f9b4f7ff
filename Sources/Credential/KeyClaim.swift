import Crypto
public import FoundationEssentials

/// What a kiosk's new key signs, to prove that the kiosk holds it.
public enum KeyClaim: Hashable, Sendable {
    case enrolment(EnrolmentCode)
    /// In place of the key that the kiosk of this id has.
    case change(kioskID: String)

    /// `publicKey` is the new key's 32 bytes.
    public func canonicalBytes(publicKey: [UInt8]) -> Data {
        switch self {
        case .enrolment(let code):
            CanonicalText.bytes("qrpin enrolment v1", [Base64URL.encode(code.hash), Base64URL.encode(publicKey)])
        case .change(let kioskID): CanonicalText.bytes("qrpin key change v1", [kioskID, Base64URL.encode(publicKey)])
        }
    }

    /// True when `signature` (64 bytes) over this claim is by the key itself. Other lengths are false.
    public func isProved(by signature: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: canonicalBytes(publicKey: publicKey))
    }
}
