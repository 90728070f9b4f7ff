import Crypto
public import FoundationEssentials

/// The end of a kiosk's chain of events, as far as it is known.
public struct ChainHead: Codable, Hashable, Sendable {
    /// The last event's `kioskSequence`.
    public var sequence: Int
    /// The last event's `hash`.
    public var hash: String

    /// Before the first event.
    public static let start = ChainHead(sequence: 0, hash: String(repeating: "0", count: 64))

    public init(sequence: Int, hash: String) {
        self.sequence = sequence
        self.hash = hash
    }

    /// What an event is to a chain that ends here.
    public enum Link: String, Hashable, Sendable {
        case next
        /// Its hash is not that of what it says.
        case altered
        /// Events before it are missing.
        case gap
        /// It claims a place that another event has, or does not follow the one before it.
        case fork
    }

    public func link(to event: SignInEvent) -> Link {
        if event.hash != event.computedHash { return .altered }
        if event.kioskSequence <= sequence { return .fork }
        if event.kioskSequence - sequence > 1 { return .gap }
        return event.previousHash == hash ? .next : .fork
    }

    /// Takes an event in, whatever it is to the chain, so that one break is one break.
    public mutating func take(_ event: SignInEvent) -> Link {
        let link = link(to: event)
        if event.kioskSequence > sequence { self = ChainHead(sequence: event.kioskSequence, hash: event.hash) }
        return link
    }
}

extension SignInEvent {
    /// SHA-256 in hexadecimal of the title `qrpin event v1` and eight fields, each on a line of its own.
    ///
    /// A field is written as its length in bytes, a colon and itself; one that is absent as a hyphen. The fields are `previousHash`, `id`,
    /// `kioskSequence`, `occurredDateTime` in milliseconds since 1970, `result`, `userPrincipalName`, `qrCodeId`, and `clockTrusted` as
    /// `true` or `false`. A ninth one, `verifiedOffline`, is there when it is true.
    public var computedHash: String {
        let fields =
            [
                previousHash, id, String(kioskSequence), String(occurredMilliseconds),
                result.rawValue, userPrincipalName, qrCodeId, clockTrusted ? "true" : "false",
            ] + (verifiedOffline == true ? ["true"] : [])
        let text = "qrpin event v1\n" + fields.map { $0.map { "\($0.utf8.count):\($0)\n" } ?? "-\n" }.joined()
        let digits = Array("0123456789abcdef".utf8)
        let hash = SHA256.hash(data: Data(text.utf8))
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `occurredDateTime` in milliseconds since 1970.
    public var occurredMilliseconds: Int64 { Int64(exactly: (occurredDateTime.timeIntervalSince1970 * 1000).rounded()) ?? .max }

    /// 64 hexadecimal digits in lower case.
    public static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// The claims that the service signs when it has stored events: whose chain reaches how far, with which hash, since when.
public struct Checkpoint: Codable, Hashable, Sendable {
    public static let audience = "qrpin-checkpoint"

    /// The service.
    public var iss: String
    /// The kiosk's client id.
    public var sub: String
    public var aud: String
    /// In seconds since 1970 (RFC 7519 §2).
    public var iat: Int
    public var seq: Int
    public var hash: String

    public init(issuer: String, kioskID: String, head: ChainHead, at moment: Date) {
        iss = issuer
        sub = kioskID
        aud = Self.audience
        iat = Int(moment.timeIntervalSince1970)
        seq = head.sequence
        hash = head.hash
    }

    public var head: ChainHead { ChainHead(sequence: seq, hash: hash) }
}

/// `GET /admin/v1/kiosks/{id}/chain`: a page of a kiosk's events in the order of their numbers.
public struct ChainAnswer: Codable, Hashable, Sendable {
    public var value: [SignInEvent]
    /// What the service last signed of this chain.
    public var checkpoint: String?
    public var nextLink: String?

    public init(value: [SignInEvent], checkpoint: String?, nextLink: String? = nil) {
        self.value = value
        self.checkpoint = checkpoint
        self.nextLink = nextLink
    }

    enum CodingKeys: String, CodingKey {
        case value, checkpoint
        case nextLink = "@odata.nextLink"
    }
}
