/// Keeps a badge that stays before the camera from being reported again: not until it was away for the hold-off.
///
/// It is away in frames that do not show it. Time without frames tells nothing: a camera or a machine that stalls must not make
/// two badges of one.
struct HoldOff: Codable, Sendable {
    private let duration: Duration
    private var last: String?
    /// For how long frames did not show it.
    private var away = Duration.zero
    private var lastFrame: Duration?

    /// What is counted of the time between two frames at most: no camera of use sends less than one a second.
    private static let longestInterval = Duration.seconds(1)
    /// After so long without a frame a badge counts as shown anew, as a sign-in takes no longer: else whoever shows it in the moment in
    /// which the camera returns would wait for nothing.
    private static let longestStall = Duration.seconds(30)

    init(_ duration: Duration = .seconds(3)) { self.duration = duration }

    /// To be called for each frame, before what it shows is admitted.
    mutating func sawFrame(at uptime: Duration) {
        let interval = uptime - (lastFrame ?? uptime)
        lastFrame = uptime
        away += min(interval, Self.longestInterval)
        if interval >= Self.longestStall { last = nil }
    }

    /// True when this badge, which the frame shows, is to be reported.
    mutating func admits(_ text: String) -> Bool {
        defer { (last, away) = (text, .zero) }
        return text != last || away >= duration
    }
}
