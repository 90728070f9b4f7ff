import CInput
import Glibc

/// A keyboard at its event node, `/dev/input/event…`, grabbed: what is typed on it reaches nobody else, no desktop and no console. The kernel
/// lets go of it when this goes, or the program ends, however it ends.
@safe public struct EventNode: ~Copyable, Sendable {
    /// What one read brought: strokes, and behind a gap the keys that are down now.
    enum Input: Hashable, Sendable {
        case strokes([KeyStroke])
        case gap(after: [KeyStroke], held: Set<UInt16>)
    }

    private let descriptor: Int32
    private let path: String
    private let calls: any InputCalls
    private var isInGap = false

    /// Opens a node by its path and grabs it. What was typed before is discarded. Waits for three seconds until no key is down, as the desktop
    /// would never hear that such a key came up, and repeat it for ever; then a key that is stuck is the desktop's.
    public init(path: String) throws(InputDeviceError) { try self.init(path: path, calls: KernelCalls()) }

    init(path: String, calls: any InputCalls) throws(InputDeviceError) {
        let descriptor = calls.open(path)
        guard descriptor >= 0 else { throw InputDeviceError(path: path, failure: .system(-descriptor)) }
        do throws(InputDeviceError) {
            try Self.requireDigits(descriptor, path, calls)
            try Self.grab(descriptor, path, calls)
            while !(try Self.checked(calls.read(descriptor), path)).isEmpty {}
        } catch {
            calls.close(descriptor)
            throw error
        }
        (self.descriptor, self.path, self.calls) = (descriptor, path, calls)
    }

    deinit { calls.close(descriptor) }

    /// Whether there is an event node, or anything else of the kernel's input devices, at the path.
    public static func isInput(path: String) -> Bool {
        var status = stat()
        // The kernel's INPUT_MAJOR (Documentation/admin-guide/devices.txt), as glibc packs it.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR && status.st_rdev >> 8 & 0xFFF == 13
    }

    /// Keyboards have further nodes, for their volume keys and lids.
    private static func requireDigits(_ descriptor: Int32, _ path: String, _ calls: any InputCalls) throws(InputDeviceError) {
        let keys: Set<UInt16>
        switch calls.keys(descriptor, areHeld: false) {
        case .success(let all): keys = all
        case .failure(let error) where [ENOTTY, EINVAL].contains(error.number):
            throw InputDeviceError(path: path, failure: .notAnInputDevice)
        case .failure(let error): throw InputDeviceError(path: path, failure: .system(error.number))
        }
        guard !keys.isDisjoint(with: [UInt16(KEY_1), UInt16(KEY_KP1)]) else {
            throw InputDeviceError(path: path, failure: .noDigits)
        }
    }

    private static func grab(_ descriptor: Int32, _ path: String, _ calls: any InputCalls) throws(InputDeviceError) {
        let last = 300
        for turn in 1...last {
            let held = try checked(calls.keys(descriptor, areHeld: true), path)
            if held.isEmpty || turn == last {
                switch calls.grab(descriptor) {
                case 0: return
                // Maybe by this kiosk itself, with its former options.
                case EBUSY where turn < last: break
                case EBUSY: throw InputDeviceError(path: path, failure: .grabbed)
                case let number: throw InputDeviceError(path: path, failure: .system(number))
                }
            }
            calls.pause()
        }
    }

    /// What arrives within `milliseconds`; no strokes when nothing did. Throws when the device is gone.
    mutating func read(within milliseconds: Int32) throws(InputDeviceError) -> Input {
        guard calls.wait(descriptor, milliseconds: milliseconds) else { return .strokes([]) }
        let reading = EventReading(try Self.checked(calls.read(descriptor), path), isInGap: &isInGap)
        guard reading.hasGap else { return .strokes(reading.strokes) }
        // With this the kernel discards the strokes that it still has (EVIOCGKEY, drivers/input/evdev.c): the answer is newer.
        return .gap(after: reading.strokes, held: try Self.checked(calls.keys(descriptor, areHeld: true), path))
    }

    private static func checked<T>(_ result: Result<T, SystemCallError>, _ path: String) throws(InputDeviceError) -> T {
        switch result {
        case .success(let value): return value
        case .failure(let error):
            throw InputDeviceError(path: path, failure: error.number == ENODEV ? .gone : .system(error.number))
        }
    }
}

/// An input device that cannot be used, and what to do about it.
public struct InputDeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        /// `errno`.
        case system(Int32)
        case notAnInputDevice, noDigits, grabbed, gone
    }

    public let path: String
    public let failure: Failure

    public var description: String {
        switch failure {
        case .system(ENOENT), .system(ENODEV), .system(ENXIO):
            "\(path): there is no such keyboard. Plug the device in, or name another event node."
        case .system(EACCES), .system(EPERM):
            "\(path): no permission. Name the device in /etc/qrpin/devices.conf, which gives its event node to the group dialout, and add "
                + "this user to that."
        case .system(let number): unsafe "\(path): \(String(cString: strerror(number)))."
        case .notAnInputDevice: "\(path): this is no event node. Name one of /dev/input/by-id/*-event-kbd."
        case .noDigits: "\(path): this has no keys with digits. Name another event node of the device."
        case .grabbed:
            "\(path): another program keeps this keyboard for itself. End it; `qrpin doctor`, as root, says which it is."
        case .gone: "\(path): the device was unplugged. Plug it in again."
        }
    }
}
