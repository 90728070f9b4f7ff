import CArgon2
import Credential
import Crypto
import FoundationEssentials
import NIOPosix

/// argon2id (RFC 9106) over HMAC-SHA256(pepper, PIN), on threads of its own so that guesses cannot starve the API.
struct PINHasher: Sendable {
    let pepper: SymmetricKey
    let threads: NIOThreadPool

    /// argon2's encoded form, with its parameters and salt.
    func hash(_ pin: PIN) async throws -> String {
        let secret = peppered(pin)
        return try await threads.runIfActive { try Self.encoded(secret) }
    }

    /// Takes the same time whether the PIN is right or wrong.
    func verify(_ pin: PIN, against hash: String) async throws -> Bool {
        let secret = peppered(pin)
        return try await threads.runIfActive { unsafe argon2id_verify(hash, secret, secret.count) == ARGON2_OK.rawValue }
    }

    private func peppered(_ pin: PIN) -> [UInt8] {
        pin.authenticationCode(using: pepper)
    }

    private static func encoded(_ secret: [UInt8]) throws -> String {
        let salt = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        var text = [CChar](repeating: 0, count: 128)
        // 19 MiB, two passes, one lane: RFC 9106 §4 leaves the choice to the site; this is OWASP's least.
        let status = unsafe argon2id_hash_encoded(
            2, 19_456, 1, secret, secret.count, salt, salt.count, 32, &text, text.count)
        guard status == ARGON2_OK.rawValue else { throw PINHashError(status: status) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

struct PINHashError: Error, CustomStringConvertible {
    let status: Int32

    var description: String { unsafe "argon2id failed: \(String(cString: argon2_error_message(status)))" }
}
