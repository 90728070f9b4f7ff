import LifecycleAPI
public import Verifier

extension Display {
    /// What a person reads. PIN digits are dots.
    public var sentence: String {
        switch self {
        case .holdUpBadge: "Hold up your badge."
        case .outOfOrder(let missing): Self.complaint(missing)
        case .checkingBadge: "Checking the badge …"
        case .pin(let prompt, let typed, let length, let problem):
            (problem.map { $0.sentence + " " } ?? "") + prompt.question(length) + " " + String(repeating: "●", count: typed)
        case .checkingPIN: "Checking the PIN …"
        case .stillChecking: "This takes longer than usual. One moment, please."
        case .outcome(let outcome, let name, let seconds): Self.sentence(outcome, name, seconds)
        case .session(let name, nil): (name.map { "\($0): signed in." } ?? "Signed in.") + " Press Cancel to sign out."
        case .session(_, let seconds?): "You will be signed out in \(seconds) s. Press any other key than Cancel to stay."
        }
    }

    private static func sentence(_ outcome: Outcome, _ name: String?, _ seconds: Int?) -> String {
        let sentence = ResultCode(rawValue: outcome.rawValue)?.workerSentence ?? outcome.rawValue
        return switch (outcome, name, seconds) {
        case (.signedIn, let name?, _): "\(name): \(sentence)"
        case (.lockedOut, _, let seconds?): "Too many wrong PINs. Try again in \(duration(seconds))."
        default: sentence
        }
    }

    /// Rounded up, for a person who waits.
    private static func duration(_ seconds: Int) -> String {
        seconds <= 90 ? "\(seconds) s" : "\((seconds + 59) / 60) minutes"
    }

    private static func complaint(_ missing: Set<Device>) -> String {
        let what =
            switch (missing.contains(.scanner), missing.contains(.keypad)) {
            case (true, true): "camera and keypad are"
            case (false, true): "keypad is"
            default: "camera is"
            }
        return "Out of order: the \(what) not connected. Ask your supervisor."
    }
}

extension Display.Prompt {
    func question(_ length: Int) -> String {
        switch self {
        case .current: "Type your PIN, then press Enter:"
        case .new: "Choose a new PIN of at least \(length) digits, then press Enter:"
        case .repeated: "Type the new PIN again, then press Enter:"
        }
    }
}

extension PINProblem {
    /// What was wrong, in words for the person who chose or typed it.
    public var sentence: String {
        switch self {
        case .tooShort(let minimum): "A PIN has at least \(minimum) digits."
        case .tooLong(let maximum): "A PIN has at most \(maximum) digits."
        case .sequence: "A run of digits like 12345678 is too easy to guess."
        case .repetition: "Digits that repeat, like 121212, are too easy to guess."
        case .unchanged: "The new PIN must differ from the old one."
        case .differs: "The two new PINs differ."
        }
    }
}
