import Crypto
import FoundationEssentials

/// The private half of a badge: 16 random bytes that only the printed code holds.
///
/// It has no description: string, debug, dump and mirror all say `redacted`.
public struct BadgeKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let bytes: [UInt8]

    public static func random() -> BadgeKey {
        var generator = SystemRandomNumberGenerator()
        return BadgeKey(bytes: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nil unless `text` is 22 base64url characters, that is 16 bytes.
    public init?(base64url text: some StringProtocol) {
        guard let bytes = Base64URL.decode(text), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    var base64url: String { Base64URL.encode(bytes) }

    /// The 32 bytes of the Ed25519 public key (RFC 8032 §5.1.5): all that the service keeps.
    public func publicKey(for id: QRCodeID) -> [UInt8] {
        [UInt8](signingKey(for: id).publicKey.rawRepresentation)
    }

    /// The 64 bytes of the signature over ``ProofClaim/canonicalBytes``.
    public func proof(_ claim: ProofClaim) throws -> [UInt8] {
        [UInt8](try signingKey(for: claim.qrCodeID).signature(for: claim.canonicalBytes))
    }

    /// seed = HKDF-SHA256(ikm: key, salt: the id's 16 bytes, info: "qrpin badge v1"), RFC 5869.
    private func signingKey(for id: QRCodeID) -> Curve25519.Signing.PrivateKey {
        let seed = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), salt: id.bytes, info: Array("qrpin badge v1".utf8), outputByteCount: 32)
        // A seed of 32 bytes is the one thing this initialiser asks for, so it cannot throw.
        return try! unsafe Curve25519.Signing.PrivateKey(rawRepresentation: seed.withUnsafeBytes { unsafe Data($0) })
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
