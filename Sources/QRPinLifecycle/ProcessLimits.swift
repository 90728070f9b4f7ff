import Glibc

enum ProcessLimits {
    /// As many descriptors as the system lets this process have: the soft limit is kept low for programs that use select(2).
    static func allowManyDescriptors() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(files, &limit)
    }
}
