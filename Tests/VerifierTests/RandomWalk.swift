import Credential
import FoundationEssentials
import Verifier

/// Numbers that are the same for a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// People, devices and a service that do anything at all in any order, over a thousand events.
///
/// The service of the walk tells the truth when it was asked. Now and then it answers what nobody asked.
struct RandomWalk {
    private var generator: SplitMix
    private(set) var scene: Scene
    /// Turns 0…9 around, so that another walk of the same seed types other digits with the same flaws.
    private let isMirrored: Bool
    private var starts: [AttemptID] = []
    private var checks: [(id: AttemptID, isRight: Bool)] = []
    private var count: UInt64 = 0
    /// Attempts whose right PIN the service confirmed.
    private(set) var proved: Set<AttemptID> = []
    private(set) var begun: Set<AttemptID> = []
    private(set) var handedOver: [AttemptID] = []

    static let right = "73190462"
    static let new = "84201573"

    init(seed: UInt64, isMirrored: Bool = false) {
        generator = SplitMix(state: seed)
        self.isMirrored = isMirrored
        var timeouts = Verifier.Timeouts()
        if seed % 2 == 0 { timeouts.session = .seconds(60) }
        scene = Scene(timeouts: timeouts)
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            let before = scene.actions.count
            step()
            for action in scene.actions[before...] { note(action) }
        }
    }

    private mutating func step() {
        switch Int.random(in: 0..<33, using: &generator) {
        case 0, 1: hold()
        case 2...8: answerStart()
        case 9...15: answerPIN()
        case 16: answerUnasked()
        case 17: scene.wait(.seconds([2, 16, 70].randomElement(using: &generator) ?? 2))
        case 18: scene.wait(.milliseconds(Int.random(in: 0..<4_000, using: &generator)))
        case 19: key([.cancel, .clear, .correct, .enter].randomElement(using: &generator) ?? .enter)
        case 20: device()
        case 21: end()
        case 22: scene.isClockTrusted.toggle()
        case 23: tap()
        default: type()
        }
    }

    private mutating func end() {
        let events: [Event] = [.serviceFailed(starts.last ?? scene.attempt), .sessionUsed, .signOut, .interrupted]
        scene.send(events.randomElement(using: &generator) ?? .tick)
    }

    private mutating func tap() {
        nextAttempt()
        scene.send(.cardRefused(CardRefusal.allCases.randomElement(using: &generator) ?? .noBadge, attempt: scene.attempt))
    }

    private mutating func hold() {
        let texts = [Scene.badge, Scene.badge, Scene.other, Scene.other, Scene.badge + "x", "ms-qrpin:v1|", "x"]
        nextAttempt()
        scene.send(.badgeRead(text: texts.randomElement(using: &generator) ?? "", attempt: scene.attempt))
    }

    private mutating func nextAttempt() {
        count += 1
        let random = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(count >> 7 & 255), UInt8(count << 1 & 255)))
        scene.attempt = AttemptID(at: Scene.noon.addingTimeInterval(Double(count)), random: random)
    }

    private mutating func answerStart() {
        let expiry = Scene.noon + (Bool.random(using: &generator) ? 1e6 : 30)
        guard let id = starts.popLast(), let window = ValidityWindow(start: Scene.noon - 60, expiry: expiry) else { return }
        let accepts = Int.random(in: 0..<8, using: &generator) > 0
        scene.send(.startAnswered(id, accepts ? .pinRequired(window: window, pinLength: 8) : .refused(.lockedOut)))
    }

    private mutating func answerPIN() {
        guard let (id, isRight) = checks.popLast() else { return }
        guard isRight else { return scene.send(.pinAnswered(id, .refused(.wrongPIN))) }
        let mustChange = Int.random(in: 0..<3, using: &generator) == 0
        if !mustChange { proved.insert(id) }
        scene.send(.pinAnswered(id, mustChange ? .mustChangePIN : .signedIn(assertion: "jwt")))
    }

    /// For attempts that are over, or of which no PIN is at the service.
    private mutating func answerUnasked() {
        let id = begun.sorted { $0.description < $1.description }.randomElement(using: &generator) ?? scene.attempt
        guard !checks.contains(where: { $0.id == id }) else { return }
        let answers: [PINAnswer] = [.signedIn(assertion: "forged"), .mustChangePIN, .refused(.wrongPIN)]
        scene.send(.pinAnswered(id, answers.randomElement(using: &generator) ?? .mustChangePIN))
    }

    private mutating func device() {
        let device = Device.allCases.randomElement(using: &generator) ?? .keypad
        scene.send(Int.random(in: 0..<4, using: &generator) == 0 ? .lost(device) : .returned(device))
    }

    private mutating func type() {
        let pins = [
            Self.right, Self.right, Self.right, Self.right, Self.new, Self.new, "12345678", "1111111111", "123",
            "555555555555555555555555",
        ]
        for digit in (pins.randomElement(using: &generator) ?? "").utf8 { key(.digit(digit - 48)) }
        key(.enter)
    }

    private mutating func key(_ key: Key) {
        if case .digit(let digit) = key, isMirrored {
            scene.send(.key(.digit(9 - digit)))
        } else {
            scene.send(.key(key))
        }
    }

    private func isRight(_ pin: PIN) -> Bool {
        pin.withDigits { typed in
            let digits = isMirrored ? String(decoding: typed.utf8.map { 105 - $0 }, as: UTF8.self) : typed
            return digits == Self.right
        }
    }

    private mutating func note(_ action: Action) {
        switch action {
        case .start(let id, _):
            starts.append(id)
            begun.insert(id)
        case .checkPIN(let id, let pin): checks.append((id, isRight(pin)))
        case .setNewPIN(let id, _): checks.append((id, true))
        case .record(let record) where !record.outcome.isSessionEnd: begun.insert(record.id)
        case .handOver(let id, _): handedOver.append(id)
        case .record, .show, .endSession: break
        }
    }
}
