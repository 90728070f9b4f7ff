import Credential
public import Crypto
public import FoundationEssentials

/// What the service must keep secret beside the store: the issuer's signing keys, the PIN peppers and the keys under which cards' keys are
/// encrypted, each the newest first.
public struct ServiceKeys: Sendable {
    /// The first signs; every one verifies until its time. Never empty.
    let signing: [SigningKey]
    /// The first is for new hashes; the others are for those that were made with them. Never empty.
    let peppers: [Pepper]
    /// The first encrypts; every one decrypts. Never empty.
    let cards: [SymmetricKey]

    struct SigningKey: Sendable {
        let key: Curve25519.Signing.PrivateKey
        /// When a replaced key ceases to verify.
        var until: Date?

        /// The key's thumbprint (RFC 7638, RFC 8037 §2): its `kid`.
        var id: String {
            let jwk = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(key.publicKey.rawRepresentation))"}"#
            return Base64URL.encode(SHA256.hash(data: Data(jwk.utf8)))
        }
    }

    struct Pepper: Sendable {
        let key: SymmetricKey

        /// Tells peppers apart and nothing of the key: 16 base64url characters.
        var id: String {
            Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data("qrpin pepper id v1".utf8), using: key).prefix(12))
        }
    }

    /// For tests, and for a service that shall forget all with its end.
    public init(
        signing: Curve25519.Signing.PrivateKey = .init(), pepper: SymmetricKey = SymmetricKey(size: .bits256),
        card: SymmetricKey = SymmetricKey(size: .bits256)
    ) {
        self.signing = [SigningKey(key: signing)]
        peppers = [Pepper(key: pepper)]
        cards = [card]
    }

    public enum Purpose: String, CaseIterable, Sendable {
        case signing, pepper, card

        var fileName: String { self == .signing ? "issuer.key" : "\(rawValue).key" }
    }

    /// Reads `issuer.key`, `pepper.key` and `card.key`, each from `credentials` (systemd's `$CREDENTIALS_DIRECTORY`) when it is there, else from
    /// `directory`, where a missing one is made, readable by the owner alone.
    public init(directory: String, credentials: String? = nil) throws {
        func keys(_ purpose: Purpose) throws -> [KeyFile.Key] {
            if let credentials {
                let file = KeyFile(directory: credentials, name: purpose.fileName)
                if FileManager.default.fileExists(atPath: file.path) { return try file.read(isCredential: true) }
            }
            try? FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return try KeyFile(directory: directory, name: purpose.fileName).readOrMake()
        }
        signing = try keys(.signing).map {
            SigningKey(key: try Curve25519.Signing.PrivateKey(rawRepresentation: $0.secret), until: $0.until)
        }
        peppers = try keys(.pepper).map { Pepper(key: SymmetricKey(data: $0.secret)) }
        cards = try keys(.card).map { SymmetricKey(data: $0.secret) }
    }

    /// Makes a new key the first in the directory's file, and gives its id. Services take it when they start again.
    ///
    /// The signing key that it replaces verifies until `until`; a pepper stays for the hashes that were made with it, and a
    /// card key for the cards.
    public static func rotate(_ purpose: Purpose, inDirectory directory: String, keepingOldUntil until: Date) throws -> String {
        let file = KeyFile(directory: directory, name: purpose.fileName)
        let newest = try file.rotate(keepingOldUntil: purpose == .signing ? until : nil)[0].secret
        return switch purpose {
        case .signing: SigningKey(key: try Curve25519.Signing.PrivateKey(rawRepresentation: newest)).id
        case .pepper, .card: Pepper(key: SymmetricKey(data: newest)).id
        }
    }

    /// HMAC keys of the nonces: the same in every process that shares the signing keys.
    var nonces: [SymmetricKey] {
        signing.map {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: $0.key.rawRepresentation), info: Data("qrpin nonce v1".utf8),
                outputByteCount: 32)
        }
    }
}
