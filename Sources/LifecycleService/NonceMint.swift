import Credential
import Crypto
import FoundationEssentials

/// Nonces that prove themselves: no table is kept. `<expiry in ms>.<random>.<HMAC-SHA256>`, the last two as base64url.
struct NonceMint: Sendable {
    static let lifetime: TimeInterval = 300
    /// The first makes nonces; all verify them.
    let keys: [SymmetricKey]

    func make(at now: Date) -> String {
        let random = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        let body = "\(Int64((now.timeIntervalSince1970 + Self.lifetime) * 1000)).\(Base64URL.encode(random))"
        return body + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: keys[0]))
    }

    func isValid(_ nonce: String, at now: Date) -> Bool {
        guard let dot = nonce.lastIndex(of: "."), let code = Base64URL.decode(nonce[nonce.index(after: dot)...]),
            let expiry = nonce.split(separator: ".").first.flatMap({ Int64($0) })
        else { return false }
        let body = Data(nonce[..<dot].utf8)
        return keys.contains { HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: $0) }
            && now.timeIntervalSince1970 * 1000 < Double(expiry)
    }
}
