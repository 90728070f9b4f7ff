/// Keeps a badge that stays before the camera from being reported again: not until it was away for the hold-off.
struct HoldOff: Codable, Sendable {
    private let duration: Duration
    private var last: Sight?

    private struct Sight: Codable {
        let text: String
        let seen: Duration
    }

    init(_ duration: Duration = .seconds(3)) { self.duration = duration }

    /// True when this sight at `uptime` is to be reported.
    mutating func admits(_ text: String, at uptime: Duration) -> Bool {
        defer { last = Sight(text: text, seen: uptime) }
        guard let last, last.text == text else { return true }
        return uptime - last.seen >= duration
    }
}
