import Credential
import FoundationEssentials
import SecureDynamicMessaging

/// Decides a sign-in, from the badge to the end of the session. It has no clock and no device: events come in, actions go out.
///
/// Every attempt, and every session, ends in exactly one ``Action/record(_:)``, and every state returns to idle by ticks alone.
public struct Verifier: Sendable {
    let timeouts: Timeouts
    var state = State.idle
    var missing: Set<Device> = []
    private var hold = Hold()

    public init(timeouts: Timeouts = Timeouts()) { self.timeouts = timeouts }

    public var isIdle: Bool { if case .idle = state { true } else { false } }

    public mutating func handle(_ event: Event, at moment: Moment) -> [Action] {
        switch event {
        case .badgeRead(let text, let id, let card):
            // A code that was refused for want of its card may come on it at once; and a card that says something new was tapped again.
            hold.isHeld(text + (card?.text ?? ""), at: moment.uptime, for: timeouts.holdOff)
                ? [] : badgeRead(BadgeReading.parse(text).on(card), id, moment)
        case .cardRefused(let refusal, let id): cardRefused(refusal, id, moment)
        case .key(let key): keyPressed(key, moment)
        case .startAnswered(let id, let verdict, let isOffline): startAnswered(id, verdict, isOffline, moment)
        case .pinAnswered(let id, let answer, let isOffline): pinAnswered(id, answer, isOffline, moment)
        case .serviceFailed(let id): isWaiting && state.attempt?.id == id ? serviceIsGone(moment) : []
        case .lost(let device): lost(device, moment)
        case .returned(let device): missing.remove(device) != nil && isIdle ? [.show(idleDisplay)] : []
        case .sessionUsed: sessionUsed(moment)
        case .signOut: endSession(.signedOut, moment)
        case .interrupted: finish(.interrupted, moment) + endSession(.sessionInterrupted, moment)
        case .tick: tick(moment)
        }
    }

    private mutating func badgeRead(_ reading: BadgeReading, _ id: AttemptID, _ moment: Moment) -> [Action] {
        guard let holder = state.holder else { return begin(reading, id, moment) }
        // A code that is no badge, such as one on a parcel, is none of the person's doing.
        if case .notABadge = reading { return [] }
        if case .badge(let badge) = reading, badge.qrCodeID == holder.qrCodeID { return sessionUsed(moment) }
        return finish(.badgeSwapped, moment) + endSession(.sessionReplaced, moment) + begin(reading, id, moment)
    }

    private mutating func cardRefused(_ refusal: CardRefusal, _ id: AttemptID, _ moment: Moment) -> [Action] {
        // A purse beside the reader is none of the person's doing, either.
        guard state.holder == nil, !hold.isHeld("\(refusal)", at: moment.uptime, for: timeouts.holdOff) else { return [] }
        return finish(refusal.outcome, of: Attempt(id: id), moment)
    }

    private mutating func begin(_ reading: BadgeReading, _ id: AttemptID, _ moment: Moment) -> [Action] {
        switch reading {
        case .badge(let badge):
            let attempt = Attempt(
                id: id, userPrincipalName: badge.userPrincipalName, qrCodeID: badge.qrCodeID,
                deadline: moment.uptime + timeouts.attempt)
            if missing.contains(.keypad) { return finish(.keypadAbsent, of: attempt, moment) }
            state = .starting(attempt, wait(moment))
            return [.show(.checkingBadge), .start(id, badge)]
        case .foreign(let name, let code):
            return finish(.foreignBadge, of: Attempt(id: id, userPrincipalName: name, qrCodeID: code), moment)
        case .malformed: return finish(.malformedBadge, of: Attempt(id: id), moment)
        case .notABadge: return finish(.notABadge, of: Attempt(id: id), moment)
        }
    }

    private mutating func startAnswered(
        _ id: AttemptID, _ verdict: StartVerdict, _ isOffline: Bool, _ moment: Moment
    ) -> [Action] {
        guard case .starting(var attempt, let wait) = state, attempt.id == id else { return [] }
        attempt.isOffline = isOffline
        state = .starting(attempt, wait)
        switch verdict {
        case .refused(let outcome, let lock): return finish(outcome, lockedUntil: lock, moment)
        case .pinRequired(let window, let length):
            // A clock that is not trusted has no say; the service looked at its own.
            switch moment.isClockTrusted ? window.standing(at: moment.wall) : .valid {
            case .notYetValid: return finish(.notYetValid, moment)
            case .expired: return finish(.expired, moment)
            case .valid: return ask(Question(prompt: .current, length: length), attempt, moment)
            }
        }
    }

    private mutating func pinAnswered(
        _ id: AttemptID, _ answer: PINAnswer, _ isOffline: Bool, _ moment: Moment
    ) -> [Action] {
        guard case .checking(var check, let wait) = state, check.entry.attempt.id == id else { return [] }
        check.entry.attempt.isOffline = isOffline
        state = .checking(check, wait)
        switch answer {
        case .signedIn(let assertion, _): return beginSession(check.entry.attempt, moment) + [.handOver(id, assertion: assertion)]
        case .mustChangePIN:
            // A service that asks again after the new PIN was given would never let anyone in.
            if check.isNew { return finish(.serviceUnavailable, moment) }
            let question = Question(prompt: .new, length: check.entry.question.length, current: check.pin)
            return ask(question, check.entry.attempt, moment)
        case .refused(let outcome, let lock): return finish(outcome, lockedUntil: lock, moment)
        }
    }

    private mutating func lost(_ device: Device, _ moment: Moment) -> [Action] {
        guard missing.insert(device).inserted else { return [] }
        switch state {
        case .idle: return [.show(idleDisplay)]
        // Who has shown the badge needs no camera any more; a PIN of which keys may be lost is none.
        case .starting, .entering: return device == .keypad ? finish(.keypadAbsent, moment) : []
        case .checking, .session, .finished: return []
        }
    }

    /// What is shown while nothing is under way.
    public var idleDisplay: Display { missing.isEmpty ? .holdUpBadge : .outOfOrder(missing: missing) }
}

extension BadgeReading {
    fileprivate func on(_ card: DynamicMessage?) -> BadgeReading {
        guard case .badge(var badge) = self else { return self }
        badge.card = card
        return .badge(badge)
    }
}

/// The code that was read last. Some scanners tell of one again and again while it is there.
struct Hold: Sendable {
    /// Not the text: a badge's holds its key.
    private var hash: Int?
    private var until = Duration.zero

    mutating func isHeld(_ text: String, at now: Duration, for holdOff: Duration) -> Bool {
        defer { (hash, until) = (text.hashValue, now + holdOff) }
        return hash == text.hashValue && now < until
    }
}
