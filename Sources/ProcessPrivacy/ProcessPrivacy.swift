import Glibc

/// Keeps what is in this process's memory out of files and logs when it crashes: a PIN, a key, a picture.
public enum ProcessPrivacy {
    /// Call it first in `main`. It holds for the life of the process.
    public static func keepMemoryPrivate() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // Swift's own crash handler prints registers and memory, and may take minutes on a slow kiosk.
        for fatal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(fatal, SIG_DFL) }
    }
}
