import CSeccomp
import Glibc

/// A child of this process that does one job and leaves a note: what it must not be able to do afterwards, its parent still can.
public enum ForkedChild {
    public enum Ending: Hashable, Sendable {
        /// The bytes that the job gave back.
        case note([UInt8])
        /// Status of `exit`, without a note.
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// The longest note that is taken; a child that was taken over may write for ever.
    static let longestNote = 1 << 16

    /// Runs `body` in a child and waits until it ends. The child has no descriptors but the standard three, and ends with its parent.
    ///
    /// Only for a process with a single thread. `body` returns its note, or calls `exit` itself.
    public static func run(_ body: () -> [UInt8]) throws(JailError) -> Ending {
        var pipe: [Int32] = [-1, -1]
        try ScannerJail.check(unsafe pipe2(&pipe, O_CLOEXEC), "make a pipe")
        let parent = getpid()
        let child = cjail_fork()
        if child == 0 { live(parent, pipe[1], body) }
        let number = errno
        close(pipe[1])
        let note = child > 0 ? readAll(pipe[0]) : []
        // Before the wait: a child that still writes then ends by SIGPIPE.
        close(pipe[0])
        guard child > 0 else { throw JailError(step: "start a child", number: number) }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        // The macros of man 2 waitpid: the signal is in the low seven bits, the exit status above them.
        if status & 0x7F != 0 { return .killed(signal: status & 0x7F) }
        return note.isEmpty ? .exited(status >> 8 & 0xFF) : .note(note)
    }

    private static func live(_ parent: pid_t, _ output: Int32, _ body: () -> [UInt8]) -> Never {
        cjail_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
        // It may have ended before that call.
        guard getppid() == parent else { _exit(1) }
        cjail_close_range(3, UInt32(output - 1))
        cjail_close_range(UInt32(output + 1), .max)
        var rest = body()[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(output, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { break }
            rest = rest.dropFirst(max(0, count))
        }
        _exit(0)
    }

    private static func readAll(_ file: Int32) -> [UInt8] {
        var (note, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while note.count < longestNote {
            let count = unsafe read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            note += chunk.prefix(count)
        }
        return note
    }
}
