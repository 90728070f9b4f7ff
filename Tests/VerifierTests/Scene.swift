import Credential
import FoundationEssentials
import Testing
import Verifier

/// A kiosk on paper: feeds events to a verifier and keeps what comes out.
struct Scene {
    static let noon = Date(timeIntervalSince1970: 1_780_000_000)
    static let badge = "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"
    static let other = "ms-qrpin:v1|bob@example.test|2a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"

    var verifier: Verifier
    var uptime = Duration.zero
    var isClockTrusted = true
    var actions: [Action] = []
    var attempt = AttemptID.make(at: noon)

    init(timeouts: Verifier.Timeouts = Verifier.Timeouts()) { verifier = Verifier(timeouts: timeouts) }

    /// A kiosk with sessions of a minute, and someone signed in.
    static func signedIn() throws -> Scene {
        var timeouts = Verifier.Timeouts()
        timeouts.session = .seconds(60)
        var scene = Scene(timeouts: timeouts)
        try scene.signIn()
        return scene
    }

    mutating func signIn(_ badge: String = Self.badge) throws {
        hold(badge)
        try accept()
        type("09599786")
        send(.pinAnswered(attempt, .signedIn(assertion: "jwt")))
    }

    mutating func send(_ event: Event) {
        let wall = Self.noon.addingTimeInterval(uptime / .seconds(1))
        actions += verifier.handle(event, at: Moment(wall: wall, uptime: uptime, isClockTrusted: isClockTrusted))
    }

    mutating func hold(_ text: String) {
        attempt = AttemptID.make(at: Self.noon)
        send(.badgeRead(text: text, attempt: attempt))
    }

    mutating func accept(from start: TimeInterval = -60, to expiry: TimeInterval = 3600) throws {
        let window = try #require(
            ValidityWindow(start: Self.noon.addingTimeInterval(start), expiry: Self.noon.addingTimeInterval(expiry)))
        send(.startAnswered(attempt, .pinRequired(window: window, pinLength: 8)))
    }

    mutating func type(_ digits: String) {
        for digit in digits.utf8 { send(.key(.digit(digit - 48))) }
        send(.key(.enter))
    }

    mutating func wait(_ duration: Duration) {
        uptime += duration
        send(.tick)
    }

    var records: [FinishedAttempt] { actions.compactMap { if case .record(let record) = $0 { record } else { nil } } }
    var shown: [Display] { actions.compactMap { if case .show(let display) = $0 { display } else { nil } } }
    var endedSessions: [AttemptID] { actions.compactMap { if case .endSession(let id) = $0 { id } else { nil } } }
    var outcomes: [Outcome] { records.map(\.outcome) }
    var checkedPINs: [PIN] { actions.compactMap { if case .checkPIN(_, let pin) = $0 { pin } else { nil } } }
    var newPINs: [PIN] { actions.compactMap { if case .setNewPIN(_, let pin) = $0 { pin } else { nil } } }
}
