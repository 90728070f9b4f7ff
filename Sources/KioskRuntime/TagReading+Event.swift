public import Credential
public import NFCTag
import SecureDynamicMessaging
public import Verifier

extension Event {
    /// What the verifier is to know of a card. A badge on it counts as a code that says the same; `attempt` is the id to use if it starts one.
    public init(_ reading: TagReading, attempt: AttemptID) {
        switch reading {
        case .message(let message):
            let badge = message.text.flatMap(Self.badge)
            let card = message.contents.lazy.compactMap { DynamicMessage($0) }.first
            self = badge.map { .badgeRead(text: $0, attempt: attempt, card: card) } ?? .cardRefused(.noBadge, attempt: attempt)
        case .identifierOnly, .empty: self = .cardRefused(.noBadge, attempt: attempt)
        case .malformed: self = .cardRefused(.damaged, attempt: attempt)
        }
    }

    /// Nil when it is no badge of anybody's.
    private static func badge(_ text: String) -> String? {
        if case .notABadge = BadgeReading.parse(text) { nil } else { text }
    }
}
