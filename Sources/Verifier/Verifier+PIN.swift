import Credential

extension Verifier {
    /// Typing slips that are forgiven before the attempt ends, less one.
    private static let flawLimit = 3

    mutating func keyPressed(_ key: Key, _ moment: Moment) -> [Action] {
        switch state {
        case .idle, .finished: []
        case .starting, .checking: key == .cancel ? finish(.cancelled, moment) : []
        case .session: key == .cancel ? endSession(.signedOut, moment) : sessionUsed(moment)
        case .entering(let entry): typed(key, in: entry, moment)
        }
    }

    private mutating func typed(_ key: Key, in before: Entry, _ moment: Moment) -> [Action] {
        var entry = before
        entry.keyDeadline = moment.uptime + timeouts.key
        switch key {
        case .cancel: return finish(.cancelled, moment)
        case .enter where entry.typed.count > 0: return entered(entry, moment)
        case .enter: break
        case .clear: entry.typed = TypedPIN()
        case .correct: entry.typed.removeLast()
        case .digit(let digit): entry.typed.append(digit)
        }
        state = .entering(entry)
        return [.show(entry.display)]
    }

    private mutating func entered(_ entry: Entry, _ moment: Moment) -> [Action] {
        var question = entry.question
        let pin: PIN
        do throws(PINError) { pin = try entry.typed.pin() } catch {
            let minimum = question.prompt == .current ? 8 : question.length
            return askAgain(entry, question.prompt == .repeated ? .differs : PINProblem(error, minimum: minimum), moment)
        }
        switch question.prompt {
        case .current: return check(pin, entry, moment)
        case .new:
            if let weakness = pin.weakness(minimumLength: question.length) {
                return askAgain(entry, PINProblem(weakness), moment)
            }
            if question.current?.matches(pin) == true { return askAgain(entry, .unchanged, moment) }
            (question.prompt, question.first, question.problem) = (.repeated, pin, nil)
            return ask(question, entry.attempt, moment)
        case .repeated:
            return question.first?.matches(pin) == true ? check(pin, entry, moment) : askAgain(entry, .differs, moment)
        }
    }

    /// A new PIN that was typed differently is asked for from the start.
    private mutating func askAgain(_ entry: Entry, _ problem: PINProblem, _ moment: Moment) -> [Action] {
        var question = entry.question
        question.flaws += 1
        if question.flaws >= Self.flawLimit {
            return finish(question.prompt == .current ? .wrongPIN : problem == .differs ? .pinsDiffer : .weakPIN, moment)
        }
        if question.prompt == .repeated { question.prompt = .new }
        (question.first, question.problem) = (nil, problem)
        return ask(question, entry.attempt, moment)
    }

    private mutating func check(_ pin: PIN, _ entry: Entry, _ moment: Moment) -> [Action] {
        let check = Check(entry: entry, pin: pin)
        state = .checking(check, wait(moment))
        return [.show(.checkingPIN), check.isNew ? .setNewPIN(entry.attempt.id, pin) : .checkPIN(entry.attempt.id, pin)]
    }

    mutating func ask(_ question: Question, _ attempt: Attempt, _ moment: Moment) -> [Action] {
        if missing.contains(.keypad) { return finish(.keypadAbsent, moment) }
        let entry = Entry(
            attempt: attempt, question: question, deadline: min(moment.uptime + timeouts.pin, attempt.deadline),
            keyDeadline: moment.uptime + timeouts.key)
        state = .entering(entry)
        return [.show(entry.display)]
    }
}

extension PINProblem {
    /// The verifier's keys are digits, so a wrong length is the only way to be no PIN.
    init(_ error: PINError, minimum: Int) {
        switch error {
        case .length(let length) where length > 20: self = .tooLong(maximum: 20)
        case .length, .notDigits: self = .tooShort(minimum: minimum)
        }
    }

    init(_ weakness: PINWeakness) {
        switch weakness {
        case .tooShort(let minimum): self = .tooShort(minimum: minimum)
        case .sequence: self = .sequence
        case .repetition: self = .repetition
        }
    }
}
