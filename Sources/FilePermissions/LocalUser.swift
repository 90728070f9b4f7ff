import Glibc

/// A user of this machine and its groups: what this user may open.
public struct LocalUser: Sendable {
    public let name: String
    private let id: uid_t
    private let groups: [gid_t]

    /// As whom this program runs.
    public init() {
        name = unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        id = geteuid()
        var own = [gid_t](repeating: 0, count: Self.mostGroups)
        let count = unsafe getgroups(Int32(own.count), &own)
        groups = [getegid()] + own.prefix(Int(max(count, 0)))
    }

    /// Nil when there is no such user.
    public init?(named name: String) {
        let entry = unsafe getpwnam(name).map { unsafe ($0.pointee.pw_uid, $0.pointee.pw_gid) }
        guard let (id, group) = entry else { return nil }
        var (all, count) = ([gid_t](repeating: 0, count: Self.mostGroups), Int32(Self.mostGroups))
        unsafe getgrouplist(name, group, &all, &count)
        (self.name, self.id, groups) = (name, id, Array(all.prefix(Int(max(0, min(count, Int32(Self.mostGroups)))))))
    }

    /// A kiosk's user is in a handful.
    private static let mostGroups = 256

    /// What to do so that this user may read and write what is at this path, or make files in this directory; nil when it may. Only the
    /// mode counts (`man 7 path_resolution`): access lists are not looked at.
    public func obstacle(at path: String, isDirectory: Bool = false) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return "Make \(path), and give it to \(name)." }
        let needed: mode_t = isDirectory ? 0o3 : 0o6
        if id == 0 { return nil }
        let granted =
            status.st_uid == id ? status.st_mode >> 6 : groups.contains(status.st_gid) ? status.st_mode >> 3 : status.st_mode
        if granted & needed == needed { return nil }
        let group = unsafe getgrgid(status.st_gid).map { unsafe String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
        return isDirectory || status.st_gid == 0
            ? "Run `chown \(name) \(path)`." : "Run `usermod --append --groups \(group) \(name)`, and start the kiosk again."
    }
}
