import CSeccomp
import Glibc

/// The system calls that reading frames takes; seccomp refuses all others (man 3 seccomp_rule_add).
enum SystemCalls {
    /// What libc, the Swift runtime, ZBar and the JPEG and PNG libraries need for memory, time, waiting and what is open.
    static let always = [
        "alarm", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "exit", "exit_group", "fstat", "futex",
        "getpid",
        "getrandom", "gettid", "gettimeofday", "lseek", "madvise", "mremap", "munmap", "nanosleep", "poll", "ppoll", "read",
        "readv", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield",
        "setitimer",
        "sigaltstack", "sysinfo", "write", "writev",
    ]

    /// To read files of a directory, as Foundation does it. What is read is Landlock's to say.
    static let reading = [
        "fcntl", "getcwd", "getdents64", "newfstatat", "readlink", "readlinkat", "stat", "statx", "lstat", "access",
    ]

    /// A program that was taken over wants these first. They end it, so that it is counted, where others just fail.
    static let deadly = ["execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev"]

    /// Ends or refuses all but what is listed, for all threads. With `opening`, files can be opened to be read.
    static func restrict(opening: Bool) throws(JailError) {
        guard let filter = unsafe seccomp_init(cseccomp_refuse(EPERM)) else {
            throw JailError(step: "make a seccomp filter", number: ENOMEM)
        }
        defer { unsafe seccomp_release(filter) }
        func rule(_ action: UInt32, _ name: String, _ conditions: [scmp_arg_cmp] = []) throws(JailError) {
            let number = unsafe seccomp_syscall_resolve_name(name)
            // A call that this processor does not have.
            guard number >= 0 else { return }
            try check(
                unsafe seccomp_rule_add_array(filter, action, number, UInt32(conditions.count), conditions), "allow \(name)")
        }
        try check(unsafe seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1), "lock all threads in")
        for name in always + (opening ? reading : []) { try rule(cseccomp_allow(), name) }
        for name in deadly { try rule(cseccomp_kill(), name) }
        // Memory, but none that can be run.
        for name in ["mmap", "mprotect"] { try rule(cseccomp_allow(), name, [masked(2, UInt64(PROT_EXEC), is: 0)]) }
        // V4L2's requests have the letter V in their second byte (linux/ioctl.h): none of a terminal's or a disk's.
        try rule(cseccomp_allow(), "ioctl", [masked(1, 0xFF00, is: UInt64(UInt8(ascii: "V")) << 8)])
        if opening {
            let writing = UInt64(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)
            try rule(cseccomp_allow(), "openat", [masked(2, writing, is: 0)])
            try rule(cseccomp_allow(), "open", [masked(1, writing, is: 0)])
        }
        // To abort(), which is a signal to itself.
        try rule(cseccomp_allow(), "tgkill", [scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: UInt64(getpid()), datum_b: 0)])
        try check(unsafe seccomp_load(filter), "lock itself in by seccomp")
    }

    private static func masked(_ argument: UInt32, _ mask: UInt64, is value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
    }

    /// libseccomp gives its `errno` as a negative result.
    private static func check(_ status: Int32, _ step: String) throws(JailError) {
        if status < 0 { throw JailError(step: step, number: -status) }
    }
}
