import Glibc
import Synchronization
import Testing

/// The keypad's end of a serial line (`man 4 ptmx`).
final class PseudoTerminal: Sendable {
    let path: String
    private let descriptor: Int32
    /// Keeps the number from another terminal, which a device that opens this one again would take for it.
    private let otherSide: Int32
    private let isOpen = Atomic(true)

    init() throws {
        descriptor = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(descriptor >= 0)
        // man 4 ioctl_tty: unlock the other side, then ask for its number. Glibc's module has no unlockpt and ptsname.
        var (locked, number): (Int32, Int32) = (0, -1)
        try #require(unsafe ioctl(descriptor, 0x4004_5431, &locked) == 0 && ioctl(descriptor, 0x8004_5430, &number) == 0)
        path = "/dev/pts/\(number)"
        otherSide = unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    }

    deinit {
        hangUp()
        close(otherSide)
    }

    func hangUp() {
        if isOpen.exchange(false, ordering: .relaxed) { close(descriptor) }
    }

    func write(_ bytes: [UInt8]) {
        let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
        #expect(count == bytes.count)
    }

    /// What was sent to the keypad, at most 64 bytes; waits for it.
    func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// How the other side is set.
    var settings: termios {
        var settings = termios()
        _ = unsafe tcgetattr(descriptor, &settings)
        return settings
    }
}
