import LifecycleAPI
public import Verifier

extension Display {
    /// What a person reads at a kiosk with these sources of badges. PIN digits are dots.
    public func sentence(at sources: Set<BadgeSource>) -> String {
        switch self {
        case .holdUpBadge: Self.invitation(sources)
        case .outOfOrder(let missing): Self.complaint(missing, sources)
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

    private static func invitation(_ sources: Set<BadgeSource>) -> String {
        switch (sources.contains(.camera), sources.contains(.reader), sources.contains(.tap)) {
        case (false, true, false): "Scan your badge."
        case (true, true, false): "Hold up or scan your badge."
        case (false, false, true): "Tap your badge."
        case (true, false, true): "Hold up your badge or tap it."
        case (false, true, true): "Scan your badge or tap it."
        case (true, true, true): "Hold up or scan your badge, or tap it."
        case (_, false, false): "Hold up your badge."
        }
    }

    private static func complaint(_ missing: Set<Device>, _ sources: Set<BadgeSource>) -> String {
        let readers = missing.contains(.scanner) ? BadgeSource.allCases.filter(sources.contains).map(\.name) : []
        let parts = readers + (missing.contains(.keypad) ? ["keypad"] : [])
        let what = parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
        return "Out of order: the \(what) \(parts.count < 2 ? "is" : "are") not connected. Ask your supervisor."
    }
}

extension BadgeSource {
    fileprivate var name: String {
        switch self {
        case .camera: "camera"
        case .reader: "barcode scanner"
        case .tap: "card reader"
        }
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
