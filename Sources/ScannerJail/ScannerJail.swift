import CSeccomp
import Glibc

/// Takes from this process, for ever, what a reader of hostile pictures has no use for: files, sockets, programs, other processes.
///
/// What is open stays open: standard output, and a camera. Landlock and seccomp each hold alone should the other have a hole.
public enum ScannerJail {
    /// What the kernel could do for us.
    public struct Protection: Hashable, Sendable {
        /// Landlock's version; nil when the kernel has none, which leaves files to seccomp alone.
        public let landlock: Int?
    }

    /// Locks this process in. Afterwards it can read `paths`, files or directories with all below them, and open nothing else; its
    /// memory ends `memory` bytes above what it has now.
    ///
    /// Throws ``JailError`` when the kernel refuses seccomp; then nothing may be parsed.
    public static func lock(reading paths: [String] = [], memory: Int) throws(JailError) -> Protection {
        try limitMemory(to: memory)
        // No debugger and no other process of this user may look inside (man 2 prctl).
        try check(cjail_prctl(PR_SET_DUMPABLE, 0), "close its memory to others")
        // No program with more rights than this one, and the right to use seccomp and Landlock without being root.
        try check(cjail_prctl(PR_SET_NO_NEW_PRIVS, 1), "give up new privileges")
        let landlock = try Landlock.restrict(toReading: paths)
        try SystemCalls.restrict(opening: !paths.isEmpty)
        return Protection(landlock: landlock)
    }

    /// RLIMIT_DATA counts what is private and writable, so neither libraries nor the camera's buffers (man 2 getrlimit).
    private static func limitMemory(to bytes: Int) throws(JailError) {
        var limit = rlimit()
        limit.rlim_cur = rlim_t(dataSize() + bytes)
        limit.rlim_max = limit.rlim_cur
        try check(unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit), "limit its memory")
    }

    /// Bytes of private writable memory: the sixth field of `/proc/self/statm`, in pages (man 5 proc); it counts stacks too.
    private static func dataSize() -> Int {
        var text = [UInt8](repeating: 0, count: 256)
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        let count = unsafe read(file, &text, text.count)
        let fields = String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return fields.count > 5 ? (Int(fields[5]) ?? 0) * Int(getpagesize()) : 0
    }

    static func check(_ status: Int32, _ step: StaticString) throws(JailError) {
        if status < 0 { throw JailError(step: step.description, number: errno) }
    }
}

/// The kernel did not lock the scanner in.
public struct JailError: Error, Hashable, Sendable, CustomStringConvertible {
    public let step: String
    /// `errno`.
    public let number: Int32

    public var description: String {
        unsafe "the scanner could not \(step): \(String(cString: strerror(number))). Use a kernel with CONFIG_SECCOMP_FILTER."
    }
}
