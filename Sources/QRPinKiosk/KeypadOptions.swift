public import ArgumentParser
import HIDKeypad
public import SerialKeypad
public import SerialLine
public import Verifier

/// What the keypad is; `qrpin keypad learn` finds it out.
struct KeypadOptions: ParsableArguments {
    @Option(help: "The keypad's serial port, or its event node.") var keypad = "/dev/qrpin/keypad"
    @Option(name: [.customLong("keypad-baud"), .customLong("baud")], help: "Its baud rate.") var baud = 9600
    @Option(name: .customLong("keypad-framing"), help: "Data bits, parity (N, E, O) and stop bits.")
    var framing = SerialFraming()
    @Option(name: .customLong("keypad-flow"), help: "Flow control.") var flow = SerialSettings.Flow.none
    @Option(
        name: .customLong("keypad-format"),
        help: """
            ascii: a byte a key; frames: STX keys ETX; lines: the same, sent by enter; vt; wiegand4; wiegand8; hid: it is a keyboard, and \
            nobody else gets its keys.
            """)
    var format = KeypadFormat.ascii
    @Option(
        name: .customLong("keypad-osdp"),
        help: "It speaks OSDP, and this is the file of its key, from `qrpin keypad pair`; the other formats are not for it.")
    var osdp: String?
    @Option(name: .customLong("keypad-address"), help: "Its OSDP address, 0 to 126.") var address: UInt8 = 0
    @Option(name: .customLong("keypad-checksum"), help: "Behind ETX, of frames and lines.")
    var checksum = FrameKeyDecoder.Checksum.none
    @Option(name: .customLong("keypad-enter"), help: "The bytes of enter.")
    var enter = ByteName.text(KeyMap.standard.bytes(of: .enter))
    @Option(name: .customLong("keypad-correct"), help: "The bytes of the key that takes back a digit.")
    var correct = ByteName.text(KeyMap.standard.bytes(of: .correct))
    @Option(name: .customLong("keypad-clear"), help: "The bytes of the key that takes back all digits.")
    var clear = ByteName.text(KeyMap.standard.bytes(of: .clear))
    @Option(name: .customLong("keypad-cancel"), help: "The bytes of cancel.")
    var cancel = ByteName.text(KeyMap.standard.bytes(of: .cancel))
    @Option(name: .customLong("keypad-debounce"), help: "The same key again within so many milliseconds is a bounce; 0 to 500.")
    var debounce = 20
    @Option(name: .customLong("keypad-feedback"), help: "What it is sent: bell: beeps; vt: also lights and a line of text.")
    var feedback = KeypadFeedback.Kind.none
    @Option(name: .customLong("keypad-layout"), help: "Where its digits lie, to be shown: 1 2 3 on top, or 7 8 9.")
    var layout = KeypadLayout.telephone

    func validate() throws {
        _ = try profile()
        guard SerialSettings.bauds.contains(baud) else {
            let offered = SerialSettings.bauds.map(String.init).joined(separator: ", ")
            throw ValidationError("--keypad-baud \(baud): give one of \(offered).")
        }
        guard address <= 126 else { throw ValidationError("--keypad-address \(address): give 0 to 126.") }
        guard (0...500).contains(debounce) else { throw ValidationError("--keypad-debounce \(debounce): give 0 to 500.") }
        if format == .hid, osdp != nil {
            throw ValidationError("--keypad-osdp: it is no keyboard. Leave --keypad-format hid out.")
        }
        if format == .hid, feedback != .none {
            throw ValidationError("--keypad-feedback \(feedback.rawValue): a keyboard shows nothing. Leave it out.")
        }
    }

    func device() throws -> any KeypadPort {
        if format == .hid { return HIDKeypad(path: keypad) }
        if let osdp {
            let device = OSDPKeypad.Device(path: keypad, address: address, baud: baud, key: try OSDPKeyFile(osdp).read())
            return OSDPKeypad(device, keys: try profile().keys)
        }
        var settings = SerialSettings()
        (settings.baud, settings.framing, settings.flow) = (baud, framing, flow)
        return Keypad(path: keypad, settings: settings, profile: try profile(), feedback: KeypadFeedback(feedback))
    }

    private func profile() throws -> KeypadProfile {
        var profile = KeypadProfile()
        (profile.format, profile.checksum, profile.debounce) = (format.serial, checksum, .milliseconds(debounce))
        do {
            profile.keys = try KeyMap(
                enter: ByteName.bytes(enter), correct: ByteName.bytes(correct), clear: ByteName.bytes(clear),
                cancel: ByteName.bytes(cancel))
        } catch { throw ValidationError("--keypad-enter, -correct, -clear, -cancel: \(error)") }
        return profile
    }
}

/// What a keypad is, and on a serial port what it sends.
enum KeypadFormat: String, ExpressibleByArgument, CaseIterable {
    case ascii, frames, lines, vt, wiegand4, wiegand8, hid

    /// The first where there is no serial port.
    var serial: KeypadProfile.Format { KeypadProfile.Format(rawValue: rawValue) ?? .ascii }
}

extension SerialFraming: ExpressibleByArgument {}
extension SerialSettings.Flow: ExpressibleByArgument {}
extension FrameKeyDecoder.Checksum: ExpressibleByArgument {}
extension KeypadFeedback.Kind: ExpressibleByArgument {}
extension KeypadLayout: ExpressibleByArgument {}
