public import FoundationEssentials
public import Glibc

/// The service manager that started this program (man 3 sd_notify). Without one, as in a terminal, nobody is told anything.
public struct ServiceManager: Sendable {
    /// Where it listens: a path, or an abstract name behind `@`.
    private let socketName: String?
    /// Without a sign of life for so long it ends the program and starts it again; nil when it does not watch.
    public let patience: Duration?

    public init(environment: [String: String] = ProcessInfo.processInfo.environment, process: pid_t = getpid()) {
        socketName = environment["NOTIFY_SOCKET"]
        // A child inherits the variables, but is not whom they are meant for (man 3 sd_watchdog_enabled).
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        patience = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    public enum State: String, Sendable {
        case ready = "READY=1"
        case alive = "WATCHDOG=1"
        case stopping = "STOPPING=1"
    }

    /// The configuration is read again, from now until ``State/ready``.
    public func tellReloading() {
        var now = timespec()
        // The manager wants to know which of its requests this answers (CLOCK_MONOTONIC in µs).
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
    }

    /// One line for people, as `systemctl status` shows it.
    public func tell(status: String) { send("STATUS=" + status.replacing("\n", with: " ")) }

    /// Tells it. What cannot be sent is lost: the manager has deadlines for that.
    public func tell(_ state: State) { send(state.rawValue) }

    private func send(_ text: String) {
        guard let socketName, let (address, length) = Self.address(socketName) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(text.utf8)
        unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }

    /// Nil when the name is longer than an address can be (man 7 unix).
    static func address(_ name: String) -> (sockaddr_un, socklen_t)? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return (address, socklen_t(MemoryLayout.size(ofValue: address.sun_family) + bytes.count))
    }
}
