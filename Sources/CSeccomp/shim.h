#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The actions are macros with arguments and casts, which Swift cannot import.

static inline uint32_t cseccomp_kill(void) { return SCMP_ACT_KILL_PROCESS; }
static inline uint32_t cseccomp_refuse(int error) { return SCMP_ACT_ERRNO(error); }
static inline uint32_t cseccomp_allow(void) { return SCMP_ACT_ALLOW; }

// glibc has no wrappers for Landlock, and Debian 12's header ends at the third version of its interface, so the
// structures and later rights of linux/landlock.h stand here: man 7 landlock.

struct clandlock_ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

/// Up to the fifth version: every right to files, among them truncating (third) and device ioctls (fifth).
static const uint64_t CLANDLOCK_FILES_1 = (1ULL << 13) - 1;
static const uint64_t CLANDLOCK_REFER_2 = 1ULL << 13;
static const uint64_t CLANDLOCK_TRUNCATE_3 = 1ULL << 14;
static const uint64_t CLANDLOCK_IOCTL_DEVICE_5 = 1ULL << 15;
/// Fourth version: to bind and to connect TCP sockets.
static const uint64_t CLANDLOCK_NET_4 = 3;
/// Sixth version: abstract Unix sockets and signals stay within.
static const uint64_t CLANDLOCK_SCOPE_6 = 3;

/// The version of the interface, or a negative number with errno when the kernel has none.
static inline int clandlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, (void *)0, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static inline int clandlock_create(const struct clandlock_ruleset *ruleset, unsigned long size) {
    return (int)syscall(SYS_landlock_create_ruleset, ruleset, size, 0);
}

static inline int clandlock_allow(int ruleset, int path, uint64_t access) {
    struct landlock_path_beneath_attr beneath = {.allowed_access = access, .parent_fd = path};
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

static inline int clandlock_restrict(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

/// O_PATH is a GNU extension, which Swift does not import.
static inline int cjail_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

/// prctl() is variadic, which Swift cannot call.
static inline int cjail_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }

/// Swift forbids fork(), because other threads' locks would stay locked in the child; this process has one thread.
static inline pid_t cjail_fork(void) { return fork(); }

static inline int cjail_close_range(unsigned first, unsigned last) { return (int)syscall(SYS_close_range, first, last, 0); }
