import Credential
import FoundationEssentials

extension Verifier {
    mutating func tick(_ moment: Moment) -> [Action] {
        let now = moment.uptime
        switch state {
        case .idle: return []
        case .starting(_, let wait), .checking(_, let wait):
            if now >= wait.until { return serviceIsGone(moment) }
            return now >= wait.slow && !wait.isSlow ? tellOfWait() : []
        case .entering(let entry): return now >= min(entry.deadline, entry.keyDeadline) ? finish(.pinTimedOut, moment) : []
        case .session(let session): return now >= session.until ? endSession(.sessionTimedOut, moment) : show(session, now)
        case .finished(let until):
            guard now >= until else { return [] }
            state = .idle
            return [.show(idleDisplay)]
        }
    }

    func wait(_ moment: Moment) -> Wait {
        Wait(slow: moment.uptime + timeouts.slow, until: moment.uptime + timeouts.service)
    }

    var isWaiting: Bool {
        switch state {
        case .starting, .checking: true
        default: false
        }
    }

    private mutating func tellOfWait() -> [Action] {
        switch state {
        case .starting(let attempt, var wait):
            wait.isSlow = true
            state = .starting(attempt, wait)
        case .checking(let check, var wait):
            wait.isSlow = true
            state = .checking(check, wait)
        default: return []
        }
        return [.show(.stillChecking)]
    }

    /// Without the service only the clock could say that a badge is valid now; and a wrong clock is often why TLS fails.
    mutating func serviceIsGone(_ moment: Moment) -> [Action] {
        if case .starting = state, !moment.isClockTrusted { return finish(.clockUntrusted, moment) }
        return finish(.serviceUnavailable, moment)
    }

    // MARK: Sessions

    mutating func beginSession(_ attempt: Attempt, _ moment: Moment) -> [Action] {
        let actions = finish(.signedIn, moment)
        if let idle = timeouts.session {
            let greeting = moment.uptime + timeouts.outcome
            state = .session(
                Session(
                    attempt: attempt, greeting: greeting, until: moment.uptime + idle,
                    shown: .outcome(.signedIn, name: attempt.userPrincipalName)))
        }
        return actions
    }

    mutating func sessionUsed(_ moment: Moment) -> [Action] {
        guard case .session(var session) = state, let idle = timeouts.session else { return [] }
        session.until = moment.uptime + idle
        return show(session, moment.uptime)
    }

    private mutating func show(_ session: Session, _ now: Duration) -> [Action] {
        var session = session
        let display = session.display(at: now, warning: timeouts.sessionWarning)
        defer { state = .session(session) }
        guard display != session.shown else { return [] }
        session.shown = display
        return [.show(display)]
    }

    /// Nothing when there is no session.
    mutating func endSession(_ outcome: Outcome, _ moment: Moment) -> [Action] {
        guard case .session(let session) = state else { return [] }
        var ended = session.attempt
        ended.id = ended.id.sessionEnd(at: moment.wall)
        return finish(outcome, of: ended, moment) + [.endSession(session.attempt.id)]
    }

    // MARK: Ends

    /// Nothing when there is no attempt.
    mutating func finish(_ outcome: Outcome, lockedUntil lock: Date? = nil, _ moment: Moment) -> [Action] {
        guard let attempt = state.attempt else { return [] }
        return finish(outcome, of: attempt, lockedUntil: lock, moment)
    }

    mutating func finish(_ outcome: Outcome, of attempt: Attempt, lockedUntil lock: Date? = nil, _ moment: Moment) -> [Action] {
        let isRefusal = outcome != .signedIn && !outcome.isSessionEnd
        state = .finished(until: moment.uptime + (isRefusal ? timeouts.refusal : timeouts.outcome))
        let record = FinishedAttempt(
            id: attempt.id, outcome: outcome, occurred: moment.wall, userPrincipalName: attempt.userPrincipalName,
            qrCodeID: attempt.qrCodeID, isClockTrusted: moment.isClockTrusted, isOffline: attempt.isOffline)
        let display = Display.outcome(
            outcome, name: attempt.userPrincipalName, retryAfter: lock.flatMap { Self.seconds(until: $0, moment) })
        return [.record(record), .show(display)]
    }

    /// Rounded up; nil when the clock cannot say, or the date is past.
    private static func seconds(until date: Date, _ moment: Moment) -> Int? {
        let seconds = date.timeIntervalSince(moment.wall).rounded(.up)
        return moment.isClockTrusted && (1...86_400 * 366).contains(seconds) ? Int(seconds) : nil
    }
}
