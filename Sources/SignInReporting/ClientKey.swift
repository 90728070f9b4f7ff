import Credential
public import Crypto
import FoundationEssentials
import Glibc

/// The private key by which a client is known to the service. It prints as `redacted`.
public struct ClientKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let signing: Curve25519.Signing.PrivateKey

    public init(signing: Curve25519.Signing.PrivateKey = .init()) { self.signing = signing }

    /// Reads a file that ``write(to:)`` made.
    public init(path: String) throws(ClientKeyError) {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw ClientKeyError(path: path, problem: "cannot be read. Check its name and permissions")
        }
        let seed = Base64URL.decode(text.split(whereSeparator: \.isWhitespace).first ?? "")
        guard let seed, let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw ClientKeyError(path: path, problem: "is no key. Make one with `qrpin keygen`")
        }
        self.signing = signing
    }

    /// Makes a new file that this user alone can read: the 32-byte Ed25519 seed as base64url. Never overwrites one.
    public func write(to path: String) throws(ClientKeyError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ClientKeyError(
                path: path, problem: "cannot be made. Choose a name that is free, in a directory that can be written")
        }
        defer { close(descriptor) }
        let text = Array((Base64URL.encode(signing.rawRepresentation) + "\n").utf8)
        guard unsafe Glibc.write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            throw ClientKeyError(path: path, problem: "cannot be written. Is the disk full?")
        }
    }

    /// 43 base64url characters, for `qrpin-lifecycle client add --public-key`.
    public var publicText: String { Base64URL.encode(signing.publicKey.rawRepresentation) }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

public struct ClientKeyError: Error, CustomStringConvertible {
    let path: String
    let problem: String

    public var description: String { "\(path) \(problem)." }
}
