import LifecycleAPI
public import Verifier

extension Display {
    /// What a person reads. PIN digits are dots.
    public var sentence: String {
        switch self {
        case .holdUpBadge: "Hold up your badge."
        case .checkingBadge: "Checking the badge …"
        case .pin(let prompt, let typed, let length):
            "\(prompt.question(length)) \(String(repeating: "●", count: typed))"
        case .checkingPIN: "Checking the PIN …"
        case .outcome(let outcome, let name):
            (outcome == .signedIn ? name.map { "\($0): " } ?? "" : "")
                + (ResultCode(rawValue: outcome.rawValue)?.workerSentence ?? outcome.rawValue)
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
