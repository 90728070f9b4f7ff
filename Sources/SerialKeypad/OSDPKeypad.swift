public import OSDP
import SerialLine
import Synchronization
public import Verifier

/// A keypad that speaks OSDP on a serial line, in a secure channel; it shows what it can of what the page says.
public final class OSDPKeypad: KeypadPort {
    public struct Device: Hashable, Sendable {
        public let path: String
        /// 0 to 126.
        public let address: UInt8
        public let baud: Int
        public let key: BaseKey

        public init(path: String, address: UInt8, baud: Int, key: BaseKey) {
            (self.path, self.address, self.baud, self.key) = (path, address, baud, key)
        }

        /// A problem, with the cure.
        public func sentence(_ problem: ControlPanel.Problem) -> String {
            let device = "\(path): the OSDP device at address \(address)"
            return switch problem {
            case .silent: "\(device) does not answer. See to its power, its wires, its address and its speed."
            case .noSecureChannel: "\(device) has no secure channel, and is refused: anyone could listen. Use one that has it."
            case .wrongKey: "\(device) has another key. Reset it, and pair it with `qrpin keypad pair`."
            case .standardKey:
                "\(device) has the key that every device comes with, and is refused. Pair it with `qrpin keypad pair`."
            case .pairedBefore: "\(device) has a key already. Reset it as its manual says, and pair it again."
            case .keyRefused: "\(device) did not take its key. Put it in its installation mode, and pair it again."
            }
        }
    }

    private let device: Device
    private let keys: KeyMap
    private let line: SerialDevice
    /// What is to be shown, in order, as the line's thread gets to it. At most 8 wait: of those before, only beeps are missed.
    private let displays = Mutex<[Display]>([])

    /// The keys are OSDP's, unless others than the standard ones are wanted.
    public init(_ device: Device, keys: KeyMap = .standard) {
        self.device = device
        self.keys = keys == .standard ? .osdp : keys
        var settings = SerialSettings()
        settings.baud = device.baud
        line = SerialDevice(path: device.path, settings: settings, patience: 10)
    }

    public func reports() -> AsyncStream<Keypad.Report> { line.reports(of: Listener(self), limit: 64) }

    public func show(_ display: Display) {
        displays.withLock { $0 = $0.suffix(7) + [display] }
    }

    private struct Listener: SerialListener {
        private let keypad: OSDPKeypad
        private var panel: ControlPanel
        private var feedback = OSDPFeedback()
        private var lastReason: String?

        init(_ keypad: OSDPKeypad) {
            self.keypad = keypad
            panel = Self.panel(keypad.device)
        }

        private static func panel(_ device: Device) -> ControlPanel {
            ControlPanel(address: device.address, baud: device.baud, key: device.key)
        }

        mutating func hear(_ event: SerialEvent) -> [Keypad.Report] {
            switch event {
            case .opened:
                panel = Self.panel(keypad.device)
                lastReason = nil
                return []
            case .gone(let reason): return [.absent(reason: reason)]
            case .bytes(let bytes, let now):
                for display in keypad.displays.withLock({ displays in
                    defer { displays = [] }
                    return displays
                }) {
                    feedback.show(display).forEach { panel.show($0) }
                }
                return panel.receive(bytes, at: now).flatMap { handle($0) }
            }
        }

        private mutating func handle(_ output: ControlPanel.Output) -> [Keypad.Report] {
            switch output {
            case .send(let bytes):
                keypad.line.write(bytes)
                return []
            case .event(.online(let capabilities)):
                feedback.capabilities = capabilities
                feedback.again().forEach { panel.show($0) }
                lastReason = nil
                return [.present]
            case .event(.offline(let problem)):
                let reason = keypad.device.sentence(problem)
                // An absence is told once, not once a try.
                defer { lastReason = reason }
                return reason == lastReason ? [] : [.absent(reason: reason)]
            case .event(.keys(let pressed)): return pressed.bytes.compactMap { keypad.keys[$0] }.map(Keypad.Report.key)
            // A PIN of which a digit may be missing is none.
            case .event(.keysLost): return [.key(.clear)]
            case .event(.card(let card, let bits)): return [.card(text: OSDPKeypad.text(card, bits: bits))]
            case .event(.tampered(let isTampered)): return [.tampered(isTampered)]
            }
        }
    }

    /// Readers of QR codes, and of cards with data, deliver bytes; those of numbers deliver a few bits.
    static func text(_ card: SecretBytes, bits: Int) -> String? {
        guard bits % 8 == 0, let text = String(validating: card.bytes, as: UTF8.self), text.hasPrefix("ms-qrpin:") else {
            return nil
        }
        return text
    }
}
