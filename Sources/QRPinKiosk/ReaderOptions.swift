import ArgumentParser
import HIDScanner
import KioskRuntime
import Logging
import SerialLine
import SerialScanner
import SmartCardReader

/// What reads badges beside the camera, or in its place: card readers, and a barcode scanner on a serial port or that is a keyboard; `qrpin reader learn` finds out how it is set.
struct ReaderOptions: ParsableArguments {
    @Option(help: "The serial port, or the event node, of a barcode scanner that reads badges, too. (default: none)")
    var reader: String?
    @Option(name: .customLong("reader-format"), help: "serial; hid: it is a keyboard, and nobody else gets what it types.")
    var format = ReaderFormat.serial
    @Option(
        name: .customLong("reader-layout"),
        help: "With hid, the layout for which it types, such as us, de or ch(fr); repeatable. (default: each badge tells which)")
    var layouts: [String] = []
    @Flag(help: "There is no camera: badges are read by --reader or --tap alone.") var noCamera = false
    @Flag(help: "Reads badges from NFC cards and tags, too, at the card readers that pcscd has.") var tap = false
    @Option(
        name: .customLong("tap-reader"), help: "A part of the name of a card reader to use; repeatable. (default: all of them)")
    var tapReaders: [String] = []
    @Option(name: .customLong("reader-baud"), help: "Its baud rate.") var baud = 9600
    @Option(name: .customLong("reader-framing"), help: "Data bits, parity (N, E, O) and stop bits.")
    var line = SerialFraming()
    @Option(name: .customLong("reader-flow"), help: "Flow control.") var flow = SerialSettings.Flow.none
    @Option(name: .customLong("reader-prefix"), help: "The bytes before each code, such as STX.") var prefix = ""
    @Option(name: .customLong("reader-suffix"), help: "The bytes behind each code; '' if a pause ends it.")
    var suffix = ByteName.text(ScanFraming().suffix)
    @Option(name: .customLong("reader-trigger"), help: "What it is sent when a badge is waited for, such as SYN,T,CR.")
    var trigger = ""
    @Option(name: .customLong("reader-release"), help: "What it is sent when no badge is waited for, such as SYN,U,CR.")
    var release = ""
    @Option(name: .customLong("reader-good"), help: "What makes it beep when a badge or a PIN is accepted.") var good = ""
    @Option(name: .customLong("reader-bad"), help: "What makes it beep when somebody is refused.") var bad = ""

    var sources: Set<BadgeSource> {
        Set(noCamera ? [] : [.camera]).union(reader == nil ? [] : [.reader]).union(tap ? [.tap] : [])
    }

    func validate() throws {
        if noCamera, reader == nil, !tap { throw ValidationError("--no-camera: give --reader or --tap, too.") }
        if !tap, let name = tapReaders.first { throw ValidationError("--tap-reader \(name): give --tap, too.") }
        guard SerialSettings.bauds.contains(baud) else {
            let offered = SerialSettings.bauds.map(String.init).joined(separator: ", ")
            throw ValidationError("--reader-baud \(baud): give one of \(offered).")
        }
        let commands = try commands()
        _ = try framing()
        switch format {
        case .serial:
            if let layout = layouts.first { throw ValidationError("--reader-layout \(layout): give --reader-format hid, too.") }
        case .hid:
            guard commands == ScannerCommands() else {
                throw ValidationError("--reader-trigger, -release, -good, -bad: a keyboard takes no commands. Leave them out.")
            }
            _ = try keyboardLayouts(layouts)
        }
    }

    /// Nil without `--reader`.
    func device() throws -> BarcodeReaderPort? {
        guard let reader else { return nil }
        if format == .hid {
            let layouts = try keyboardLayouts(layouts.isEmpty ? KeyboardLayout.common : layouts)
            return BarcodeReaderPort(path: reader, scanner: HIDScanner(path: reader, framing: try framing(), layouts: layouts))
        }
        var settings = SerialSettings()
        (settings.baud, settings.framing, settings.flow) = (baud, line, flow)
        let scanner = BarcodeScanner(path: reader, settings: settings, framing: try framing(), commands: try commands())
        return BarcodeReaderPort(path: reader, scanner: scanner)
    }

    /// Nil without `--tap`.
    var cardReaders: TapPort? { tap ? TapPort(readers: CardReaders(wanted: tapReaders)) : nil }

    private func keyboardLayouts(_ names: [String]) throws -> [KeyboardLayout] {
        do { return try names.map(KeyboardLayout.init) } catch { throw ValidationError("--reader-layout: \(error)") }
    }

    private func framing() throws -> ScanFraming {
        var framing = ScanFraming()
        framing.prefix = try bytes("prefix", prefix)
        framing.suffix = try bytes("suffix", suffix)
        return framing
    }

    private func commands() throws -> ScannerCommands {
        var commands = ScannerCommands()
        (commands.trigger, commands.release) = (try bytes("trigger", trigger), try bytes("release", release))
        (commands.goodBeep, commands.badBeep) = (try bytes("good", good), try bytes("bad", bad))
        return commands
    }

    private func bytes(_ option: String, _ text: String) throws -> [UInt8] {
        do { return try ByteName.bytes(text) } catch { throw ValidationError("--reader-\(option): \(error)") }
    }
}

/// What a barcode scanner is.
enum ReaderFormat: String, ExpressibleByArgument, CaseIterable { case serial, hid }
