import Credential
import FoundationEssentials
import JWTKit
public import LifecycleAPI

/// Holds a kiosk's events, as the service lists them, against their hashes and against what was signed of them.
public struct ChainAudit: Sendable {
    /// What is wrong with a chain.
    public enum Finding: Hashable, Sendable, CustomStringConvertible {
        case link(ChainHead.Link, sequence: Int, eventID: String)
        case foreignCheckpoint(String)
        /// The service, or the kiosk, has a signed word for an event that is not listed, or is listed as another one.
        case contradicted(sequence: Int)

        public var description: String {
            switch self {
            case .link(.altered, let sequence, let id): "event \(sequence) (\(id)) was altered: its hash is another one"
            case .link(.gap, let sequence, _): "events before \(sequence) are missing"
            case .link(.fork, let sequence, let id): "event \(sequence) (\(id)) does not follow the one before it"
            case .link(.next, let sequence, _): "event \(sequence) is sound"
            case .foreignCheckpoint(let reason): "a checkpoint is not to be believed: \(reason)"
            case .contradicted(let sequence): "event \(sequence) is not the one that the service signed for"
            }
        }
    }

    public private(set) var head = ChainHead.start
    public private(set) var events = 0
    public private(set) var findings: [Finding] = []
    /// Sequence numbers that something was signed of, and the signed hash.
    private var signed: [Int: Set<String>] = [:]

    public init() {}

    /// Takes a checkpoint in, before the events; it counts when one of the service's keys (RFC 7517) signed it for this kiosk.
    public mutating func take(checkpoint: String, ofKiosk kioskID: String, keys: String) async {
        do {
            let claims = try await JWTKeyCollection().add(jwksJSON: keys).verify(checkpoint, as: SignedCheckpoint.self).claims
            guard claims.sub == kioskID else {
                findings.append(.foreignCheckpoint("it is \(claims.sub)'s"))
                return
            }
            if claims.seq > 0 { signed[claims.seq, default: []].insert(claims.hash) }
        } catch {
            findings.append(.foreignCheckpoint("its signature is not the service's"))
        }
    }

    /// Takes the next event in, in the order of their numbers.
    public mutating func take(_ event: SignInEvent) {
        let link = head.take(event)
        events += 1
        if link != .next { findings.append(.link(link, sequence: event.kioskSequence, eventID: event.id)) }
        signed[event.kioskSequence]?.remove(event.hash)
    }

    /// After the last event.
    public mutating func finish() {
        for (sequence, hashes) in signed.sorted(by: { $0.key < $1.key }) where !hashes.isEmpty {
            findings.append(.contradicted(sequence: sequence))
        }
    }
}

/// A checkpoint as the library wants it.
private struct SignedCheckpoint: JWTPayload {
    let claims: Checkpoint

    init(from decoder: any Decoder) throws { claims = try Checkpoint(from: decoder) }

    func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }

    func verify(using algorithm: some JWTAlgorithm) throws {
        guard claims.aud == Checkpoint.audience else { throw LifecycleClientError.unreadable }
    }
}

extension Checkpoint {
    /// The claims of a JWS (RFC 7515 §7.1), whoever signed it; nil when it is none.
    init?(unverified text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = Base64URL.decode(parts[1]),
            let checkpoint = try? WireJSON.decode(Checkpoint.self, from: Data(claims))
        else { return nil }
        self = checkpoint
    }
}
