import NIOCore
import NIOPosix

/// The threads on which the server's connections live.
actor EventLoops {
    private var turns = 0

    /// Comes back, with a greater number each time, when every one of them has taken a turn. One that hangs keeps it waiting.
    func turn() async -> Int {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
        turns += 1
        return turns
    }
}
