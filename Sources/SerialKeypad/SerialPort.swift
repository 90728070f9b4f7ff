import Glibc

/// A serial port, raw, 8 data bits, no parity, one stop bit, no flow control (`man 3 termios`). It closes when it goes.
public struct SerialPort: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a port by its path, at 1200 to 115200 baud. What was typed before is discarded.
    public init(path: String, baud: Int = 9600) throws(SerialPortError) {
        descriptor = try Self.opened(path, baud)
        self.path = path
    }

    deinit { close(descriptor) }

    private static func opened(_ path: String, _ baud: Int) throws(SerialPortError) -> Int32 {
        guard let speed = speeds[baud] else { throw SerialPortError(path: path, failure: .baud(baud)) }
        // O_NOCTTY: a keypad must not become the terminal that can interrupt this program.
        let descriptor = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw SerialPortError(path: path, failure: .system(errno)) }
        guard configure(descriptor, speed) else {
            let failure = SerialPortError.Failure.system(errno)
            close(descriptor)
            throw SerialPortError(path: path, failure: failure)
        }
        return descriptor
    }

    private static func configure(_ descriptor: Int32, _ speed: speed_t) -> Bool {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return false }
        unsafe cfmakeraw(&settings)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        settings.c_cflag &= ~tcflag_t(CSTOPB | PARENB)
        return unsafe cfsetspeed(&settings, speed) == 0 && tcsetattr(descriptor, TCSAFLUSH, &settings) == 0
    }

    /// The bytes that arrive within `milliseconds`, at most 64; none when none did. Throws when the port is gone.
    public func read(within milliseconds: Int32) throws(SerialPortError) -> [UInt8] {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&poller, 1, milliseconds)
        if ready == 0 || (ready < 0 && errno == EINTR) { return [] }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return [] }
        // An unplugged port is at its end (0) or fails with EIO.
        guard count > 0 else { throw SerialPortError(path: path, failure: .gone) }
        return Array(bytes.prefix(count))
    }

    private static let speeds: [Int: speed_t] = [
        1200: speed_t(B1200), 2400: speed_t(B2400), 4800: speed_t(B4800), 9600: speed_t(B9600), 19200: speed_t(B19200),
        38400: speed_t(B38400), 57600: speed_t(B57600), 115200: speed_t(B115200),
    ]
}

/// A port that cannot be used, and what to do about it.
public struct SerialPortError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        case baud(Int)
        /// `errno`.
        case system(Int32)
        case gone
    }

    public let path: String
    public let failure: Failure

    public var description: String {
        switch failure {
        case .baud(let baud):
            "\(path): \(baud) baud is not offered. Choose 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200."
        case .system(ENOENT): "\(path): there is no such port. Plug the keypad in, or name another port."
        case .system(EACCES): "\(path): no permission. Add this user to the group dialout."
        case .system(ENOTTY): "\(path): this is no serial port. Name the keypad's port."
        case .system(let number): unsafe "\(path): \(String(cString: strerror(number)))."
        case .gone: "\(path): the keypad was unplugged. Plug it in again."
        }
    }
}
