public import SerialLine
import Synchronization
public import Verifier

/// A keypad, whatever it is attached by.
public protocol KeypadPort: Sendable {
    /// The reports of the port until the reader is done with it.
    func reports() -> AsyncStream<Keypad.Report>
    /// Tells the person at the keypad, as far as it can beep, light or write.
    func show(_ display: Display)
}

/// A keypad on a serial port; one that was unplugged is opened again when it returns.
public final class Keypad: KeypadPort {
    public enum Report: Sendable {
        case key(Key)
        case present
        case absent(reason: String)
        /// A card that was held to it; nil when the card tells but a number.
        case card(text: String?)
        /// Somebody opened the keypad, or closed it again.
        case tampered(Bool)
    }

    private let device: SerialDevice
    private let profile: KeypadProfile
    private let feedback: Mutex<KeypadFeedback>

    public init(
        path: String, settings: SerialSettings = SerialSettings(), profile: KeypadProfile = KeypadProfile(),
        feedback: KeypadFeedback = KeypadFeedback(.none)
    ) {
        device = SerialDevice(path: path, settings: settings)
        self.profile = profile
        self.feedback = Mutex(feedback)
    }

    /// The reports of the port until the reader is done with them. At most 64 wait; a person types no faster.
    public func reports() -> AsyncStream<Report> { device.reports(of: Listener(profile), limit: 64) }

    /// Tells the person at the keypad, as far as it can beep, light or write.
    public func show(_ display: Display) { device.write(feedback.withLock { $0.bytes(for: display) }) }

    private struct Listener: SerialListener {
        private let profile: KeypadProfile
        private var reader: KeyReader

        init(_ profile: KeypadProfile) {
            self.profile = profile
            reader = KeyReader(profile)
        }

        mutating func hear(_ event: SerialEvent) -> [Report] {
            switch event {
            case .opened:
                reader = KeyReader(profile)
                return [.present]
            case .bytes(let bytes, let now): return reader.read(bytes, at: now).map(Report.key)
            case .gone(let reason): return [.absent(reason: reason)]
            }
        }
    }
}
