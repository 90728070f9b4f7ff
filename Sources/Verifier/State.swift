import Credential

/// Where a sign-in stands. `idle` → `starting` → `entering` ⇄ `checking` → `finished` → `idle`; any may end in `finished`.
enum State: Sendable {
    case idle
    case starting(Attempt, until: Duration)
    case entering(Entry)
    case checking(Attempt, length: Int, isNew: Bool, until: Duration)
    case finished(until: Duration)

    /// The attempt that has not ended yet.
    var attempt: Attempt? {
        switch self {
        case .idle, .finished: nil
        case .starting(let attempt, _), .checking(let attempt, _, _, _): attempt
        case .entering(let entry): entry.attempt
        }
    }
}

struct Attempt: Sendable {
    let id: AttemptID
    var userPrincipalName: String?
    var qrCodeID: QRCodeID?
}

/// A PIN being typed.
struct Entry: Sendable {
    let attempt: Attempt
    let prompt: Display.Prompt
    /// The least number of digits.
    let length: Int
    /// The new PIN, while it is typed again.
    let first: PIN?
    let deadline: Duration
    var keyDeadline: Duration
    var digits = ""

    var display: Display { .pin(prompt, typed: digits.utf8.count, length: length) }
}
