import Crypto
import FoundationEssentials

/// What a badge signs to prove that it is present: this attempt, at this kiosk, now.
public struct ProofClaim: Hashable, Sendable {
    public let attemptID: AttemptID
    public let kioskID: String
    public let qrCodeID: QRCodeID
    /// As the service issued it.
    public let nonce: String
    /// Milliseconds since 1970 by the kiosk's clock.
    public let moment: Int64

    public init(attemptID: AttemptID, kioskID: String, qrCodeID: QRCodeID, nonce: String, moment: Int64) {
        self.attemptID = attemptID
        self.kioskID = kioskID
        self.qrCodeID = qrCodeID
        self.nonce = nonce
        self.moment = moment
    }

    var canonicalBytes: Data {
        CanonicalText.bytes(
            "qrpin proof v1", [attemptID.description, kioskID, qrCodeID.description, nonce, String(moment)])
    }

    /// True when `signature` (64 bytes) over this claim is by the badge whose public key (32 bytes) this is. Other lengths are false.
    public func isProved(by signature: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: canonicalBytes)
    }
}
