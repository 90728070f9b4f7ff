import CArgon2
import Credential
import Crypto
import FoundationEssentials
import HTTPTypes
import NIOPosix
import Synchronization

/// argon2id (RFC 9106) over HMAC-SHA256(pepper, PIN), on threads of its own so that guesses cannot starve the API.
///
/// A stored hash is the pepper's id and argon2's encoded form, `ID$argon2id$v=19$m=…,t=…,p=…$salt$hash`, so that hashes of a replaced
/// pepper and of older parameters are still verified.
struct PINHasher: Sendable {
    /// 19 MiB, two passes, one lane: RFC 9106 §4 leaves the choice to the site; this is OWASP's least.
    static let parameters = Parameters(kibibytes: 19_456, passes: 2, lanes: 1)

    struct Parameters: Hashable, Sendable {
        let kibibytes: UInt32
        let passes: UInt32
        let lanes: UInt32

        /// Where they stand in the encoded form.
        var text: String { "$argon2id$v=19$m=\(kibibytes),t=\(passes),p=\(lanes)$" }
    }

    /// The newest first.
    let peppers: [ServiceKeys.Pepper]
    private let threads: NIOThreadPool
    private let queue: Queue

    /// `threads` run, each one check at a time; `places` bounds the calls that wait or run.
    init(peppers: [ServiceKeys.Pepper], threads: NIOThreadPool, places: Int) {
        self.peppers = peppers
        self.threads = threads
        queue = Queue(places: places)
    }

    private final class Queue: Sendable {
        let places: Int
        let taken = Atomic(0)

        init(places: Int) { self.places = places }
    }

    /// The calls that wait or run.
    var load: Int { queue.taken.load(ordering: .relaxed) }

    /// Runs `body` with a place in the queue; throws a ``GraphError`` with 429 before anything is done when there is none.
    func withPlace<Value>(_ body: () async throws -> Value) async throws -> Value {
        let number = queue.taken.add(1, ordering: .relaxed).newValue
        defer { queue.taken.subtract(1, ordering: .relaxed) }
        guard number <= queue.places else { throw GraphError.tooManyPINs }
        return try await body()
    }

    func hash(_ pin: PIN) async throws -> String {
        let secret = Self.peppered(pin, peppers[0])
        return try await threads.runIfActive { peppers[0].id + (try Self.encoded(secret)) }
    }

    /// Takes the same time whether the PIN is right or wrong. Throws when the hash's pepper is not there any more.
    func verify(_ pin: PIN, against hash: String) async throws -> Bool {
        guard let dollar = hash.firstIndex(of: "$"), let pepper = peppers.first(where: { $0.id == hash[..<dollar] }) else {
            throw PINHashError.unknownPepper
        }
        let (secret, encoded) = (Self.peppered(pin, pepper), String(hash[dollar...]))
        return try await threads.runIfActive { unsafe argon2id_verify(encoded, secret, secret.count) == ARGON2_OK.rawValue }
    }

    /// The work of ``verify(_:against:)`` for nothing, where an answer must not come sooner.
    func pretend(_ pin: PIN?) async throws {
        _ = try await verify(pin ?? PIN(digits: "00000000"), against: peppers[0].id + Self.nobodysHash)
    }

    /// True when the hash was made with an older pepper or other parameters.
    func isOutdated(_ hash: String) -> Bool { !hash.hasPrefix(peppers[0].id + Self.parameters.text) }

    /// Tells whether two wrong PINs of one code are the same one, to whoever has the pepper: 16 bytes of an HMAC.
    func fingerprint(_ pin: PIN, codeID: String) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: peppers[0].key, info: Data("qrpin wrong PIN v1 \(codeID)".utf8), outputByteCount: 32)
        return Array(pin.authenticationCode(using: key).prefix(16))
    }

    /// No PIN has it: a hash of zeros, base64 as argon2 writes it.
    private static let nobodysHash =
        parameters.text + String(repeating: "A", count: 22) + "$" + String(repeating: "A", count: 43)

    private static func peppered(_ pin: PIN, _ pepper: ServiceKeys.Pepper) -> [UInt8] {
        pin.authenticationCode(using: pepper.key)
    }

    private static func encoded(_ secret: [UInt8]) throws -> String {
        let salt = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        var text = [CChar](repeating: 0, count: 128)
        let status = unsafe argon2id_hash_encoded(
            parameters.passes, parameters.kibibytes, parameters.lanes, secret, secret.count, salt, salt.count, 32, &text,
            text.count)
        guard status == ARGON2_OK.rawValue else { throw PINHashError.argon2(status) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension GraphError {
    static let tooManyPINs = GraphError(
        status: .tooManyRequests, code: "tooManyRequests", message: "More PINs wait than can be checked soon. Try again later.",
        headers: [.retryAfter: "1"])
}

enum PINHashError: Error, CustomStringConvertible {
    case argon2(Int32)
    case unknownPepper

    var description: String {
        switch self {
        case .argon2(let status): unsafe "argon2id failed: \(String(cString: argon2_error_message(status)))"
        case .unknownPepper:
            "A PIN's hash was made with a pepper that is not there any more. Restore the pepper file, or reset the PIN."
        }
    }
}
