import Foundation
import Glibc
import Logging
import ServiceLifecycle
import ServiceManager
import Synchronization
import Testing

@Suite struct ServiceManagerTests {
    @Test(arguments: ["READY=1", "WATCHDOG=1", "STOPPING=1"])
    func `each state is one datagram in systemd's words`(text: String) throws {
        let socket = try NotifySocket()
        let state = try #require(ServiceManager.State(rawValue: text))
        ServiceManager(environment: ["NOTIFY_SOCKET": socket.path]).tell(state)
        #expect(socket.next() == text)
    }

    @Test func `a reload is told with the monotonic clock, as sd_notify wants it`() throws {
        let socket = try NotifySocket()
        func now() -> Int64 { Int64(clock_gettime_nsec(CLOCK_MONOTONIC) / 1000) }
        let before = now()
        ServiceManager(environment: ["NOTIFY_SOCKET": socket.path]).tellReloading()
        let lines = try #require(socket.next()).split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        let time = try #require(lines.last?.wholeMatch(of: /MONOTONIC_USEC=([0-9]+)/)?.output.1)
        #expect((before...now()).contains(try #require(Int64(time))))
    }

    @Test func `a status is one line`() throws {
        let socket = try NotifySocket()
        ServiceManager(environment: ["NOTIFY_SOCKET": socket.path]).tell(status: "idle\ncamera absent")
        #expect(socket.next() == "STATUS=idle camera absent")
    }

    @Test func `an abstract socket has a name that begins with @`() throws {
        let socket = try NotifySocket(abstract: true)
        ServiceManager(environment: ["NOTIFY_SOCKET": socket.path]).tell(.ready)
        #expect(socket.next() == "READY=1")
    }

    @Test(arguments: ["", "/nowhere/at/all", String(repeating: "/long", count: 40)])
    func `nobody there is no error`(name: String) {
        ServiceManager(environment: ["NOTIFY_SOCKET": name]).tell(.ready)
        ServiceManager(environment: [:]).tell(.ready)
    }

    @Test func `the watchdog's time is for the process that it names, or for all`() {
        func patience(_ environment: [String: String]) -> Duration? {
            ServiceManager(environment: environment, process: 42).patience
        }
        #expect(patience(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]) == .seconds(30))
        #expect(patience(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(patience(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"]) == nil)
        #expect(patience(["WATCHDOG_USEC": "0"]) == nil)
        #expect(patience(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(patience([:]) == nil)
    }

    @Test func `a program that gets on is alive until it stops`() async throws {
        let socket = try NotifySocket()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "30000"])
        let turns = Mutex(0)
        let group = ServiceGroup(
            services: [
                Heartbeat(manager) {
                    turns.withLock {
                        $0 += 1
                        return $0
                    }
                }
            ], logger: Logger(label: "test"))
        async let running: Void = group.run()
        #expect(try await socket.arrival() == "WATCHDOG=1")
        #expect(try await socket.arrival() == "WATCHDOG=1")
        await group.triggerGracefulShutdown()
        try await running
        #expect(socket.rest().last == "STOPPING=1")
    }

    @Test func `a program that stands still gives one sign and no more`() async throws {
        let socket = try NotifySocket()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "3000"])
        let (looks, looked) = AsyncStream.makeStream(of: Void.self)
        let heart = Task {
            try await Heartbeat(manager) {
                looked.yield()
                return 7
            }.run()
        }
        // It is looked at again only when what followed the look before is done.
        var seen = 0
        for await _ in looks {
            seen += 1
            if seen == 5 { break }
        }
        heart.cancel()
        try await heart.value
        #expect(socket.rest() == ["WATCHDOG=1", "STOPPING=1"])
    }
}

private func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    unsafe clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

/// systemd's end: a socket in a directory of its own.
@safe private final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(abstract: Bool = false) throws {
        let name = "qrpin-\(UUID().uuidString)"
        path = abstract ? "@" + name : FileManager.default.temporaryDirectory.appending(path: name).path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = (abstract ? [0] : []) + Array((abstract ? name : path).utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let status = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        try #require(status == 0)
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
    }

    /// Waits for the next datagram, without keeping a thread from who shall send it.
    func arrival() async throws -> String {
        while true {
            if let text = next() { return text }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// What is there already.
    func rest() -> [String] { Array(sequence(state: ()) { _ in self.next() }) }

    func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
