import ArgumentParser
import Glibc
import InputDevice
import QRCode
import SerialLine
import SerialScanner

/// `qrpin reader`: for setting a barcode scanner up.
struct ReaderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reader", abstract: "Sets up a barcode scanner.", subcommands: [ReaderLearn.self])
}

/// `qrpin reader learn`: finds a scanner's line settings, prefix and suffix by a code that it draws.
struct ReaderLearn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "Draws a code to scan, and prints the options of qrpin-kiosk for the scanner.",
        discussion: "Stop the kiosk first: two programs at one port each get a part of what is scanned.")

    @Option(help: "The scanner's serial port, or its event node.") var reader = "/dev/qrpin/reader"
    @Option(help: "How many seconds to listen at each speed, 1 to 60.") var patience = 8

    /// No badge, so that it may be scanned anywhere.
    private static let text = "qrpin reader"

    func validate() throws {
        guard (1...60).contains(patience) else { throw ValidationError("--patience \(patience): give 1 to 60.") }
    }

    func run() throws {
        guard !EventNode.isInput(path: reader) else {
            _ = try EventNode(path: reader)
            say("The scanner is a keyboard, and each badge tells its layout. Give qrpin-kiosk:")
            return print("--reader '\(reader)' --reader-format hid")
        }
        say(try Symbol(encoding: Array(Self.text.utf8)).terminalText())
        say("Scan this code again and again, with a pause between, until the scanner is understood.")
        for framing in ["8N1", "8E1", "8O1"] {
            for baud in [9600, 115_200, 19200, 38400, 57600, 4800, 2400, 1200] {
                guard let found = try listen(baud, SerialFraming(framing) ?? SerialFraming()) else { continue }
                say(
                    "The scanner is understood; \(found.identifier.map { "it says \($0) of the symbol" } ?? "it does not say what symbol it read")."
                )
                say("Give qrpin-kiosk:")
                return print(options(baud, found).joined(separator: " "))
            }
        }
        throw ValidationError("\(reader): at no speed did the code come. Is this the scanner's port, and is it no keyboard?")
    }

    private func listen(_ baud: Int, _ framing: SerialFraming) throws -> ScannerLesson.Conclusion? {
        var settings = SerialSettings()
        (settings.baud, settings.framing) = (baud, framing)
        let line = DeviceLine(port: try SerialPort(path: reader, settings: settings))
        // Once it is: a scan before would be heard at another speed.
        say("Listening at \(baud) baud, \(framing) …")
        var lesson = ScannerLesson(text: Self.text, framing: framing)
        let end = ContinuousClock.now + .seconds(patience)
        while let burst = try line.burst(until: end) {
            if let conclusion = lesson.take(burst) { return conclusion }
        }
        return nil
    }

    private func options(_ baud: Int, _ found: ScannerLesson.Conclusion) -> [String] {
        ["--reader", "'\(reader)'", "--reader-baud", "\(baud)", "--reader-framing", "\(found.line)"]
            + ["--reader-prefix", "'\(ByteName.text(found.framing.prefix))'"]
            + ["--reader-suffix", "'\(ByteName.text(found.framing.suffix))'"]
    }
}

/// On standard error, so that what a command finds is all of standard output.
func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
