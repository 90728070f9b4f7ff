import Glibc

/// A serial port, raw. It closes when it goes.
public struct SerialPort: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a port by its path. What was typed before is discarded.
    public init(path: String, settings: SerialSettings = SerialSettings()) throws(SerialPortError) {
        descriptor = try Self.opened(path, settings)
        self.path = path
    }

    deinit { close(descriptor) }

    private static func opened(_ path: String, _ settings: SerialSettings) throws(SerialPortError) -> Int32 {
        guard let speed = SerialSettings.speeds[settings.baud] else {
            throw SerialPortError(path: path, failure: .baud(settings.baud))
        }
        // O_NOCTTY: a device must not become the terminal that can interrupt this program.
        let descriptor = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw SerialPortError(path: path, failure: .system(errno)) }
        guard configure(descriptor, settings, speed) else {
            let failure = SerialPortError.Failure.system(errno)
            close(descriptor)
            throw SerialPortError(path: path, failure: failure)
        }
        return descriptor
    }

    private static func configure(_ descriptor: Int32, _ wanted: SerialSettings, _ speed: speed_t) -> Bool {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return false }
        wanted.apply(to: &settings)
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

    /// Sends what the line takes at once. A device that takes nothing is no reason to wait.
    public func write(_ bytes: [UInt8]) { _ = unsafe Glibc.write(descriptor, bytes, bytes.count) }
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
            "\(path): \(baud) baud is not offered. Choose one of \(SerialSettings.bauds.map { "\($0)" }.joined(separator: ", "))."
        case .system(ENOENT): "\(path): there is no such port. Plug the device in, or name another port."
        case .system(EACCES): "\(path): no permission. Add this user to the group dialout."
        case .system(ENOTTY): "\(path): this is no serial port. Name the device's port."
        case .system(let number): unsafe "\(path): \(String(cString: strerror(number)))."
        case .gone: "\(path): the device was unplugged. Plug it in again."
        }
    }
}
