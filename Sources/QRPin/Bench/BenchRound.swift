import QRCode
import SignInBench

/// One person at the kiosk: holds up a badge, types, and sees what comes of it.
struct BenchRound {
    let scenario: Scenario
    let stage: Stage
    let keypad: BenchKeypad
    let screen: KioskScreen
    let fault: BenchFault?
    /// Whose badge comes between, where badges are swapped.
    let other: BenchBadge?

    /// What one round came to.
    struct Ending {
        /// Milliseconds from badge to answer, and from key to result; nil when it came to neither.
        var readLatency: Double?
        var resultLatency: Double?
        var isSignedIn = false
    }

    /// Adds to `badge` the PIN that was chosen.
    func play(_ badge: inout BenchBadge) async throws -> Ending {
        var ending = Ending()
        let mark = screen.count
        try hold(badge)
        defer { stage.clear() }
        let patience = Duration.seconds(scenario.patience + scenario.view.approach)
        guard let read = try await screen.next(after: mark, within: patience, Self.isAnswer) else { return ending }
        // A part of the symbol may do, so that the kiosk answers before it is whole.
        ending.readLatency = stage.firstWhole.map { max(0, (read.line.shown - $0) / .milliseconds(1)) } ?? 0
        try await attend(&badge, from: read.number, &ending)
        return ending
    }

    private func hold(_ badge: BenchBadge) throws {
        stage.show(BadgeScene(symbol: try Symbol(text: badge.text), view: scenario.view, camera: scenario.camera))
    }

    /// Answers the kiosk until there is a result.
    private func attend(_ badge: inout BenchBadge, from first: Int, _ ending: inout Ending) async throws {
        var (number, lastKey, current) = (first, ContinuousClock.Instant?.none, badge)
        var (hasFailed, hasSwapped) = (false, false)
        while let (line, found) = try await screen.next(after: number, within: .seconds(60), Self.isAnswer) {
            number = found + 1
            switch KioskScreen.meaning(of: line.text) {
            case .pin where fault?.fault.moment == .pin && !hasFailed:
                hasFailed = true
                try await fault?.begin()
                if fault?.fault.kind == .badgeSwapped, let other {
                    (current, hasSwapped) = (other, true)
                    try hold(other)
                    // "Another badge was held up." is not this round's last word.
                    let farewell = try await screen.next(after: number, within: .seconds(30), Self.isAnswer)
                    number = farewell.map { $0.number + 1 } ?? number
                } else {
                    lastKey = try await keypad.type(keys(current))
                }
            case .pin: lastKey = try await keypad.type(keys(current))
            case .newPIN:
                lastKey = try await keypad.type(current.newPIN + "\r")
                current.pin = current.newPIN
                if !hasSwapped { badge = current }
            case .result(let isSignedIn):
                ending.isSignedIn = isSignedIn
                ending.resultLatency = lastKey.map { max(0, (line.shown - $0) / .milliseconds(1)) }
                if fault?.fault.moment == .pin { try await fault?.end() }
                return
            case .ready, .outOfOrder, .checking: break
            }
        }
        throw BenchError("the kiosk showed no result within 60 s; its last line is \"\(screen.newest)\"")
    }

    private func keys(_ badge: BenchBadge) -> String {
        switch scenario.typing {
        case .right: badge.pin + "\r"
        case .wrong: badge.wrongPIN() + "\r"
        case .corrected: "9999*" + badge.pin + "\r"
        case .cancelled: "12C"
        case .nothing: ""
        }
    }

    /// A line that is said to a person with a badge.
    private static func isAnswer(_ line: String) -> Bool {
        switch KioskScreen.meaning(of: line) {
        case .ready, .outOfOrder: false
        default: true
        }
    }
}
