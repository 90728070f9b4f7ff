import CSeccomp
import Glibc

/// Landlock (man 7 landlock): file rights by path, kept by the kernel whatever system calls a process finds.
enum Landlock {
    /// Denies every right to files but reading `paths`, and TCP, and signals to others. Gives the version, or nil without Landlock.
    static func restrict(toReading paths: [String]) throws(JailError) -> Int? {
        let version = clandlock_version()
        // ENOSYS: not built in; EOPNOTSUPP: switched off at boot.
        guard version > 0 else { return nil }
        var rights = clandlock_ruleset()
        rights.handled_access_fs =
            CLANDLOCK_FILES_1 | (version >= 2 ? CLANDLOCK_REFER_2 : 0) | (version >= 3 ? CLANDLOCK_TRUNCATE_3 : 0)
            | (version >= 5 ? CLANDLOCK_IOCTL_DEVICE_5 : 0)
        if version >= 4 { rights.handled_access_net = CLANDLOCK_NET_4 }
        if version >= 6 { rights.scoped = CLANDLOCK_SCOPE_6 }
        // A structure longer than the kernel knows is taken when the rest is zero.
        let ruleset = unsafe clandlock_create(&rights, UInt(MemoryLayout.size(ofValue: rights)))
        try ScannerJail.check(ruleset, "make a Landlock ruleset")
        defer { close(ruleset) }
        for path in paths { try allowReading(path, in: ruleset) }
        try ScannerJail.check(clandlock_restrict(ruleset), "restrict itself by Landlock")
        return Int(version)
    }

    private static func allowReading(_ path: String, in ruleset: Int32) throws(JailError) {
        let file = unsafe cjail_open_path(path)
        // A file that has gone since it was listed cannot be read either way.
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { return }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        let right = UInt64(LANDLOCK_ACCESS_FS_READ_FILE) | (isDirectory ? UInt64(LANDLOCK_ACCESS_FS_READ_DIR) : 0)
        try ScannerJail.check(clandlock_allow(ruleset, file, right), "allow a file by Landlock")
    }
}
