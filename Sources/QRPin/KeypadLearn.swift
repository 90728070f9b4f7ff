import ArgumentParser
import Glibc
import InputDevice
import SerialKeypad
import SerialLine
import Verifier

/// `qrpin keypad`: for setting a keypad up.
struct KeypadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keypad", abstract: "Sets up a keypad.", subcommands: [KeypadLearn.self, KeypadPair.self])
}

/// `qrpin keypad learn`: finds a keypad's line settings and key codes by asking for keys.
struct KeypadLearn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "Asks for keys, and prints the options of qrpin-kiosk for the keypad.",
        discussion: "Stop the kiosk first: two programs at one port each get a part of what is typed.")

    @Option(help: "The keypad's serial port, or its event node.") var keypad = "/dev/qrpin/keypad"
    @Option(help: "How many seconds to listen at each speed, 1 to 60.") var patience = 8

    func validate() throws {
        guard (1...60).contains(patience) else { throw ValidationError("--patience \(patience): give 1 to 60.") }
    }

    func run() throws {
        guard !EventNode.isInput(path: keypad) else {
            _ = try EventNode(path: keypad)
            say("The keypad is a keyboard, of which the keys are known. Give qrpin-kiosk:")
            return print("--keypad '\(keypad)' --keypad-format hid")
        }
        say("Press 1 and then enter on the keypad, again and again, until the next question.")
        let (settings, format) = try findSpeed()
        let line = DeviceLine(port: try SerialPort(path: keypad, settings: settings))
        var lesson = KeypadLesson(framing: settings.framing)
        try line.settle()
        if format == .lines {
            say("Press 0 1 2 3 4 5 6 7 8 9 and then enter.")
            lesson.take(try line.answer(), forDigits: (0...9).map(Key.digit) + [.enter])
        } else {
            for digit in UInt8(0)...9 {
                say("Press \(digit).")
                lesson.take(try line.answer(), forDigits: [.digit(digit)])
            }
            say("Press enter.")
            lesson.take(try line.answer(), for: .enter)
        }
        for (key, meaning) in Self.others {
            say("Press the key \(meaning); or Enter here, if the keypad has none.")
            if let bytes = try line.answerIfAny() { lesson.take(bytes, for: key) }
        }
        let (framing, profile) = try lesson.conclusion()
        say("The keypad is understood. Give qrpin-kiosk:")
        print(options(settings.baud, framing, profile).joined(separator: " "))
    }

    private static let others: [(Key, String)] = [
        (.correct, "that takes back one digit"), (.clear, "that takes back all digits"), (.cancel, "that cancels"),
    ]

    /// Most keypads are set to 9600; those with eight bits and a parity are rare, and tried last.
    private static let attempts: [(baud: Int, framing: String)] =
        ["8N1", "8E1", "8O1"].flatMap { framing in
            [9600, 19200, 4800, 2400, 1200, 38400, 57600, 115_200].map { ($0, framing) }
        }

    private func findSpeed() throws -> (SerialSettings, KeypadProfile.Format) {
        for (baud, framing) in Self.attempts {
            var settings = SerialSettings()
            (settings.baud, settings.framing) = (baud, SerialFraming(framing) ?? SerialFraming())
            say("Listening at \(baud) baud, \(framing) …")
            let line = DeviceLine(port: try SerialPort(path: keypad, settings: settings))
            if let format = try line.findOne(settings.framing, seconds: patience) { return (settings, format) }
        }
        throw ValidationError("\(keypad): at no speed did the key 1 come. Is this the keypad's port, and is it powered?")
    }

    private func options(_ baud: Int, _ framing: SerialFraming, _ profile: KeypadProfile) -> [String] {
        let keys: [(String, Key)] = [("enter", .enter), ("correct", .correct), ("clear", .clear), ("cancel", .cancel)]
        return ["--keypad", "'\(keypad)'", "--keypad-baud", "\(baud)", "--keypad-framing", "\(framing)"]
            + ["--keypad-format", profile.format.rawValue]
            + (profile.checksum == .none ? [] : ["--keypad-checksum", profile.checksum.rawValue])
            + keys.flatMap { ["--keypad-\($0.0)", "'\(ByteName.text(profile.keys.bytes(of: $0.1)))'"] }
    }

    /// On standard error, so that the options are all of standard output.
    private func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }
}
