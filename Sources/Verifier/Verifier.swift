import Credential

/// Decides a sign-in, from the badge to its outcome. It has no clock and no device: events come in, actions go out.
///
/// Every attempt ends in exactly one ``Action/record(_:)``, and every state returns to idle by ticks alone.
public struct Verifier: Sendable {
    /// All the time for one PIN, and the time between two keys (design §3).
    public struct Timeouts: Hashable, Sendable {
        public var pin: Duration = .seconds(30)
        public var key: Duration = .seconds(10)
        public var service: Duration = .seconds(15)
        public var outcome: Duration = .seconds(3)

        public init() {}
    }

    private let timeouts: Timeouts
    private var state = State.idle

    public init(timeouts: Timeouts = Timeouts()) { self.timeouts = timeouts }

    public var isIdle: Bool { if case .idle = state { true } else { false } }

    public mutating func handle(_ event: Event, at moment: Moment) -> [Action] {
        switch event {
        case .badgeRead(let text, let id): badgeRead(text, id, moment)
        case .key(let key): keyPressed(key, moment)
        case .startAnswered(let id, let verdict): startAnswered(id, verdict, moment)
        case .pinAnswered(let id, let answer): pinAnswered(id, answer, moment)
        case .serviceFailed(let id): waitedFor(id) ? finish(.serviceUnavailable, moment) : []
        case .tick: tick(moment)
        }
    }

    private mutating func badgeRead(_ text: String, _ id: AttemptID, _ moment: Moment) -> [Action] {
        let reading = BadgeReading.parse(text)
        if let current = state.attempt {
            // The scanner reports a badge again when it was away for a moment; that is no other badge.
            if case .badge(let badge) = reading, badge.qrCodeID == current.qrCodeID { return [] }
            return finish(.badgeSwapped, moment) + badgeRead(text, id, moment)
        }
        switch reading {
        case .badge(let badge):
            let attempt = Attempt(id: id, userPrincipalName: badge.userPrincipalName, qrCodeID: badge.qrCodeID)
            state = .starting(attempt, until: moment.uptime + timeouts.service)
            return [.show(.checkingBadge), .start(id, badge)]
        case .foreign(let name, let code):
            return finish(.foreignBadge, of: Attempt(id: id, userPrincipalName: name, qrCodeID: code), moment)
        case .malformed: return finish(.malformedBadge, of: Attempt(id: id), moment)
        case .notABadge: return finish(.notABadge, of: Attempt(id: id), moment)
        }
    }

    private mutating func startAnswered(_ id: AttemptID, _ verdict: StartVerdict, _ moment: Moment) -> [Action] {
        guard case .starting(let attempt, _) = state, attempt.id == id else { return [] }
        switch verdict {
        case .refused(let outcome): return finish(outcome, moment)
        case .pinRequired(let window, let length):
            guard moment.isClockTrusted else { return finish(.clockUntrusted, moment) }
            switch window.standing(at: moment.wall) {
            case .notYetValid: return finish(.notYetValid, moment)
            case .expired: return finish(.expired, moment)
            case .valid: return ask(.current, attempt, length, first: nil, moment)
            }
        }
    }

    private mutating func pinAnswered(_ id: AttemptID, _ answer: PINAnswer, _ moment: Moment) -> [Action] {
        guard case .checking(let attempt, let length, let isNew, _) = state, attempt.id == id else { return [] }
        switch answer {
        case .signedIn(let assertion): return finish(.signedIn, moment) + [.handOver(id, assertion: assertion)]
        // A service that asks again after the new PIN was given would never let anyone in.
        case .mustChangePIN: return isNew ? finish(.serviceUnavailable, moment) : ask(.new, attempt, length, first: nil, moment)
        case .refused(let outcome): return finish(outcome, moment)
        }
    }

    private mutating func keyPressed(_ key: Key, _ moment: Moment) -> [Action] {
        guard case .entering(var entry) = state else {
            return key == .cancel && state.attempt != nil ? finish(.cancelled, moment) : []
        }
        entry.keyDeadline = moment.uptime + timeouts.key
        switch key {
        case .cancel: return finish(.cancelled, moment)
        case .clear: entry.digits = ""
        case .digit(let digit):
            // 20 digits are the longest PIN; what is typed beyond is dropped, and the PIN will be wrong.
            if digit <= 9, entry.digits.utf8.count < 20 { entry.digits.append(String(digit)) }
        case .enter: return entered(entry, moment)
        }
        state = .entering(entry)
        return [.show(entry.display)]
    }

    private mutating func entered(_ entry: Entry, _ moment: Moment) -> [Action] {
        guard !entry.digits.isEmpty else {
            state = .entering(entry)
            return []
        }
        guard let pin = try? PIN(digits: entry.digits) else {
            return finish(entry.prompt == .current ? .wrongPIN : .weakPIN, moment)
        }
        switch entry.prompt {
        case .current: return check(pin, entry, isNew: false, moment)
        case .new:
            if pin.weakness(minimumLength: entry.length) != nil { return finish(.weakPIN, moment) }
            return ask(.repeated, entry.attempt, entry.length, first: pin, moment)
        case .repeated:
            guard let first = entry.first, first.matches(pin) else { return finish(.pinsDiffer, moment) }
            return check(pin, entry, isNew: true, moment)
        }
    }

    private mutating func check(_ pin: PIN, _ entry: Entry, isNew: Bool, _ moment: Moment) -> [Action] {
        state = .checking(entry.attempt, length: entry.length, isNew: isNew, until: moment.uptime + timeouts.service)
        return [.show(.checkingPIN), isNew ? .setNewPIN(entry.attempt.id, pin) : .checkPIN(entry.attempt.id, pin)]
    }

    private mutating func ask(_ prompt: Display.Prompt, _ attempt: Attempt, _ length: Int, first: PIN?, _ moment: Moment)
        -> [Action]
    {
        let entry = Entry(
            attempt: attempt, prompt: prompt, length: length, first: first, deadline: moment.uptime + timeouts.pin,
            keyDeadline: moment.uptime + timeouts.key)
        state = .entering(entry)
        return [.show(entry.display)]
    }

    private mutating func tick(_ moment: Moment) -> [Action] {
        switch state {
        case .idle: return []
        case .starting(_, let until), .checking(_, _, _, let until):
            return moment.uptime >= until ? finish(.serviceUnavailable, moment) : []
        case .entering(let entry):
            return moment.uptime >= min(entry.deadline, entry.keyDeadline) ? finish(.pinTimedOut, moment) : []
        case .finished(let until):
            guard moment.uptime >= until else { return [] }
            state = .idle
            return [.show(.holdUpBadge)]
        }
    }

    private func waitedFor(_ id: AttemptID) -> Bool {
        switch state {
        case .starting(let attempt, _), .checking(let attempt, _, _, _): attempt.id == id
        default: false
        }
    }

    private mutating func finish(_ outcome: Outcome, _ moment: Moment) -> [Action] {
        guard let attempt = state.attempt else { return [] }
        return finish(outcome, of: attempt, moment)
    }

    private mutating func finish(_ outcome: Outcome, of attempt: Attempt, _ moment: Moment) -> [Action] {
        state = .finished(until: moment.uptime + timeouts.outcome)
        let record = FinishedAttempt(
            id: attempt.id, outcome: outcome, occurred: moment.wall, userPrincipalName: attempt.userPrincipalName,
            qrCodeID: attempt.qrCodeID, isClockTrusted: moment.isClockTrusted)
        return [.record(record), .show(.outcome(outcome, name: attempt.userPrincipalName))]
    }
}
