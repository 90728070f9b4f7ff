import Credential

/// Where a sign-in stands.
///
/// `idle` → `starting` → `entering` ⇄ `checking` → `session` or `finished` → `idle`; any may end in `finished`. `StateTable.md`
/// has every step.
enum State: Sendable {
    case idle
    case starting(Attempt, Wait)
    case entering(Entry)
    case checking(Check, Wait)
    case session(Session)
    case finished(until: Duration)

    /// The attempt that has not ended yet.
    var attempt: Attempt? {
        switch self {
        case .idle, .session, .finished: nil
        case .starting(let attempt, _): attempt
        case .entering(let entry): entry.attempt
        case .checking(let check, _): check.entry.attempt
        }
    }

    /// Whose badge the kiosk is busy with.
    var holder: Attempt? { if case .session(let session) = self { session.attempt } else { attempt } }
}

struct Attempt: Sendable {
    var id: AttemptID
    var userPrincipalName: String?
    var qrCodeID: QRCodeID?
    var deadline: Duration = .zero
    var isOffline = false
}

/// For the service.
struct Wait: Sendable {
    let slow: Duration
    let until: Duration
    var isSlow = false
}

/// What a person is asked to type.
struct Question: Sendable {
    var prompt: Display.Prompt
    /// The least number of digits.
    let length: Int
    /// The PIN that must change.
    var current: PIN?
    /// The new PIN, while it is typed again.
    var first: PIN?
    var problem: PINProblem?
    /// How often something was wrong with what was typed.
    var flaws = 0
}

/// A PIN being typed.
struct Entry: Sendable {
    var attempt: Attempt
    let question: Question
    let deadline: Duration
    var keyDeadline: Duration
    var typed = TypedPIN()

    var display: Display {
        .pin(question.prompt, typed: typed.count, length: question.length, problem: question.problem)
    }
}

/// A typed PIN at the service.
struct Check: Sendable {
    var entry: Entry
    let pin: PIN
    var isNew: Bool { entry.question.prompt != .current }
}

/// Someone is signed in.
struct Session: Sendable {
    let attempt: Attempt
    /// Success is shown until then.
    let greeting: Duration
    var until: Duration
    var shown: Display

    func display(at now: Duration, warning: Duration) -> Display {
        if now < greeting { return shown }
        let left = until - now
        // Rounded up: nobody is told 0 seconds.
        let seconds = Int((left / .seconds(1)).rounded(.up))
        return .session(name: attempt.userPrincipalName, secondsLeft: left <= warning ? seconds : nil)
    }
}
