import InputDevice
public import SerialKeypad
public import Verifier

/// A keypad that is a keyboard (HID, by USB or Bluetooth), of which no key reaches anybody else; one that was unplugged is grabbed again when it
/// returns.
public final class HIDKeypad: KeypadPort {
    private let device: InputDevice

    /// `path` is that of its event node.
    public init(path: String) { device = InputDevice(path: path) }

    init(device: InputDevice) { self.device = device }

    /// The reports of the device until the reader is done with them. At most 64 wait; a person types no faster.
    public func reports() -> AsyncStream<Keypad.Report> { device.reports(of: HIDKeypadListener(), limit: 64) }

    /// A keyboard has nothing to show it with.
    public func show(_ display: Display) {}
}

/// Strokes in, keys that can be believed out.
struct HIDKeypadListener: InputListener {
    private var decoder = KeyCodeDecoder()
    private var keyGuard = Self.freshGuard

    /// Keyboards debounce their keys themselves, and say when each one comes up.
    private static var freshGuard: KeyGuard { KeyGuard(debounce: .zero) }

    mutating func hear(_ event: InputEvent) -> [Keypad.Report] {
        switch event {
        case .opened:
            (decoder, keyGuard) = (KeyCodeDecoder(), Self.freshGuard)
            return [.present]
        case .strokes(let strokes, let now):
            return strokes.flatMap { stroke in
                let key = decoder.take(code: stroke.code, isDown: stroke.isDown)
                return keyGuard.pass(key.map { [$0] } ?? [], at: now).map(Keypad.Report.key)
            }
        case .dropped(let held, _):
            // Which digits are missing nobody knows.
            decoder.resume(held: held)
            return [.key(.clear)]
        case .gone(let reason): return [.absent(reason: reason)]
        }
    }
}
