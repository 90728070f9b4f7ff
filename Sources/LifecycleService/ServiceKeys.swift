public import Crypto
import FoundationEssentials
import Glibc

/// What the service must keep secret beside the store: the issuer's signing key and the PIN pepper.
public struct ServiceKeys: Sendable {
    let signing: Curve25519.Signing.PrivateKey
    let pepper: SymmetricKey

    /// For tests, and for a service that shall forget all with its end.
    public init(signing: Curve25519.Signing.PrivateKey = .init(), pepper: SymmetricKey = SymmetricKey(size: .bits256)) {
        self.signing = signing
        self.pepper = pepper
    }

    /// Reads `issuer.key` and `pepper.key` of a directory, 32 bytes each; makes those that are not there, readable by the owner alone.
    public init(directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        signing = try Curve25519.Signing.PrivateKey(rawRepresentation: Self.secret(directory + "/issuer.key"))
        pepper = try SymmetricKey(data: Self.secret(directory + "/pepper.key"))
    }

    /// HMAC key of the nonces: the same in every process that shares the signing key.
    var nonces: SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: signing.rawRepresentation), info: Data("qrpin nonce v1".utf8),
            outputByteCount: 32)
    }

    private static func secret(_ path: String) throws -> Data {
        if !FileManager.default.fileExists(atPath: path) {
            let fresh = SymmetricKey(size: .bits256)
            // Made with its permissions, never open for a moment; O_EXCL, so that two processes cannot each make one.
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw ServiceKeyError(path: path, problem: "cannot be made") }
            defer { close(descriptor) }
            let written = unsafe fresh.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard written == 32, fsync(descriptor) == 0 else { throw ServiceKeyError(path: path, problem: "cannot be written") }
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw ServiceKeyError(path: path, problem: "cannot be read")
        }
        guard data.count == 32 else { throw ServiceKeyError(path: path, problem: "does not hold 32 bytes") }
        return data
    }
}

public struct ServiceKeyError: Error, CustomStringConvertible {
    let path: String
    let problem: String

    public var description: String { "\(path) \(problem). Check the state directory and its permissions, or restore the file." }
}
