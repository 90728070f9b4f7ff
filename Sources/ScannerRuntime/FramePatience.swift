/// How long a camera may send nothing before it counts as frozen and is opened anew.
///
/// The first frame may take seconds: some cameras start their sensor and settle their exposure before it. When it does not
/// come at all, each try waits twice as long as the one before, for a camera that is slower than we think. Later ones come at
/// the camera's rate, so a stall is plain after some of them.
struct FramePatience: Sendable {
    private var first = Duration.seconds(5)
    private var interval: Duration?

    /// Twenty frames' time, but 2 to 10 seconds: in the dark a camera may suddenly expose four times as long, and a busy machine
    /// may be late.
    var limit: Duration {
        guard let interval else { return first }
        return min(max(interval * 20, .seconds(2)), .seconds(10))
    }

    /// A frame came this long after the one before, or after the opening; the first tells nothing about the rate.
    mutating func sawFrame(after time: Duration) {
        // A running mean over some eight frames, begun at 10 a second.
        interval = interval.map { ($0 * 7 + time) / 8 } ?? .milliseconds(100)
    }

    /// The camera was closed; `streamed` when it had sent a frame.
    mutating func closed(streamed: Bool) {
        first = streamed ? .seconds(5) : min(first * 2, .seconds(20))
        interval = nil
    }
}
