import CInput
import Glibc

/// What is asked of the kernel about an event node; a test answers itself. Numbers are `errno`, and 0 when all is well.
protocol InputCalls: Sendable {
    /// A descriptor, or `-errno`.
    func open(_ path: String) -> Int32
    func close(_ descriptor: Int32)
    func grab(_ descriptor: Int32) -> Int32
    /// The device's keys, or those that are down.
    func keys(_ descriptor: Int32, areHeld: Bool) -> Result<Set<UInt16>, SystemCallError>
    /// Whether a read would not have to wait.
    func wait(_ descriptor: Int32, milliseconds: Int32) -> Bool
    /// For 10 ms.
    func pause()
    /// Empty when there are none.
    func read(_ descriptor: Int32) -> Result<[RawEvent], SystemCallError>
}

struct SystemCallError: Error, Hashable { let number: Int32 }

/// The kernel's own.
struct KernelCalls: InputCalls {
    func open(_ path: String) -> Int32 {
        // To read is enough for a grab.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        return descriptor < 0 ? -errno : descriptor
    }

    func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    func grab(_ descriptor: Int32) -> Int32 { cinput_grab(descriptor) == 0 ? 0 : errno }

    func keys(_ descriptor: Int32, areHeld: Bool) -> Result<Set<UInt16>, SystemCallError> {
        var bits = [UInt8](repeating: 0, count: Int(KEY_CNT) / 8)
        let size = UInt32(bits.count)
        let status = unsafe areHeld ? cinput_held_keys(descriptor, &bits, size) : cinput_keys(descriptor, &bits, size)
        guard status >= 0 else { return .failure(SystemCallError(number: errno)) }
        return .success(Set((0..<UInt16(KEY_CNT)).filter { bits[Int($0 / 8)] & 1 << ($0 % 8) != 0 }))
    }

    func wait(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&poller, 1, milliseconds) > 0
    }

    func pause() { usleep(10_000) }

    func read(_ descriptor: Int32) -> Result<[RawEvent], SystemCallError> {
        // As many as the kernel keeps for a keyboard.
        var events = [input_event](repeating: input_event(), count: 64)
        let size = MemoryLayout<input_event>.stride
        let count = unsafe events.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return .success([]) }
        // The end of a file there is not; a read of a device that is gone fails with ENODEV.
        guard count > 0 else { return .failure(SystemCallError(number: count == 0 ? ENODEV : errno)) }
        return .success(events.prefix(count / size).map { RawEvent(type: $0.type, code: $0.code, value: $0.value) })
    }
}
