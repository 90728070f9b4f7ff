import Crypto
import FoundationEssentials
import Synchronization

/// Tokens whose signatures were found right, by their SHA-256: a client shows the same one with each of its calls.
///
/// Only the signature is taken for granted; whoever asks looks at the times again. Bounded: what is over the bound makes it forget all.
final class VerifiedTokens<Payload: Sendable>: Sendable {
    private let payloads = Mutex<[SHA256Digest: Payload]>([:])
    private let most: Int

    init(most: Int = 4096) { self.most = most }

    /// The payload that is kept of the token, or the one that `verify` finds; nothing is kept when that is nil.
    func payload(of token: String, verify: () async -> Payload?) async -> Payload? {
        let digest = SHA256.hash(data: Data(token.utf8))
        if let known = payloads.withLock({ $0[digest] }) { return known }
        guard let payload = await verify() else { return nil }
        payloads.withLock { payloads in
            if payloads.count >= most { payloads.removeAll(keepingCapacity: true) }
            payloads[digest] = payload
        }
        return payload
    }
}
