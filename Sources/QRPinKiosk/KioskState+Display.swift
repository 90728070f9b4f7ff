import KioskPage
import KioskRuntime
import Verifier

extension KioskState {
    /// Takes over what the person sees; devices and network stay as they are.
    mutating func show(_ display: Display) {
        // Slow is how the phase before it goes on.
        if display == .stillChecking { return isSlow = true }
        clear()
        switch display {
        case .holdUpBadge, .stillChecking: phase = .idle
        case .outOfOrder(let missing):
            phase = .idle
            for device in missing { lost(device) }
        case .checkingBadge: phase = .checkingBadge
        case .pin(let prompt, let typed, let length, let problem):
            phase = .pin
            (self.prompt, self.typed, self.length) = (Prompt(prompt), typed, length)
            self.problem = problem.map(Problem.init)
            limit = problem?.limit
        case .checkingPIN: phase = .checkingPIN
        case .outcome(let outcome, let name, let retryAfter):
            phase = .outcome
            (self.outcome, self.retryAfter) = (outcome.rawValue, retryAfter)
            // Bystanders learn whose badge was refused from nobody.
            self.name = outcome == .signedIn ? name : nil
        case .session(let name, let secondsLeft):
            phase = .session
            (self.name, self.secondsLeft) = (name, secondsLeft)
        }
    }

    private mutating func lost(_ device: Device) {
        switch device {
        case .scanner: for source in BadgeSource.allCases where self[source] != .none { self[source] = .absent }
        case .keypad: keypad = .absent
        }
    }

    /// What the kiosk has not is neither there nor away.
    mutating func expect(_ sources: BadgeSources) {
        for source in BadgeSource.allCases { self[source] = sources.has(source) ? .unknown : .none }
    }

    mutating func found(_ source: BadgeSource, _ isThere: Bool) { self[source] = isThere ? .present : .absent }

    private subscript(_ source: BadgeSource) -> Presence {
        get {
            switch source {
            case .camera: camera
            case .reader: reader
            case .tap: tap
            }
        }
        set {
            switch source {
            case .camera: camera = newValue
            case .reader: reader = newValue
            case .tap: tap = newValue
            }
        }
    }
}

extension KioskState.Prompt {
    init(_ prompt: Display.Prompt) {
        self =
            switch prompt {
            case .current: .current
            case .new: .new
            case .repeated: .repeated
            }
    }
}

extension KioskState.Problem {
    init(_ problem: PINProblem) {
        self =
            switch problem {
            case .tooShort: .tooShort
            case .tooLong: .tooLong
            case .sequence: .sequence
            case .repetition: .repetition
            case .unchanged: .unchanged
            case .differs: .differs
            }
    }
}

extension KeypadLayout {
    var shown: KioskState.KeypadLayout {
        switch self {
        case .telephone: .telephone
        case .calculator: .calculator
        }
    }
}

extension PINProblem {
    /// The number of digits that a PIN must or may have.
    var limit: Int? {
        switch self {
        case .tooShort(let minimum): minimum
        case .tooLong(let maximum): maximum
        case .sequence, .repetition, .unchanged, .differs: nil
        }
    }
}
