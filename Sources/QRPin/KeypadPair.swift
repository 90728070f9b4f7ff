import ArgumentParser
import OSDP
import SerialKeypad
import SerialLine

/// `qrpin keypad pair`: gives an OSDP keypad a key of its own.
struct KeypadPair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair", abstract: "Gives an OSDP keypad a key of its own, and prints the options of qrpin-kiosk for it.",
        discussion: """
            The key is made by chance and kept in a file for this user alone; a file that is there already is used again. It goes over the \
            wire under a key that everybody knows: pair where nobody can listen. Put the keypad in its installation mode first, and stop \
            the kiosk.
            """)

    @Option(help: "The keypad's serial port.") var keypad = "/dev/qrpin/keypad"
    @Option(help: "The file of its key.") var key = "/etc/credstore/qrpin-kiosk.keypad.key"
    @Option(name: .customLong("keypad-baud"), help: "Its baud rate.") var baud = 9600
    @Option(name: .customLong("keypad-address"), help: "Its address, 0 to 126.") var address: UInt8 = 0

    func validate() throws {
        guard SerialSettings.bauds.contains(baud) else {
            throw ValidationError(
                "--keypad-baud \(baud): give one of \(SerialSettings.bauds.map(String.init).joined(separator: ", ")).")
        }
        guard address <= 126 else { throw ValidationError("--keypad-address \(address): give 0 to 126.") }
    }

    func run() throws {
        var settings = SerialSettings()
        settings.baud = baud
        let port = try SerialPort(path: keypad, settings: settings)
        let file = OSDPKeyFile(key)
        let (secret, isNew): (BaseKey, Bool)
        if file.exists {
            (secret, isNew) = (try file.read(), false)
            // An earlier pairing may have been interrupted after the keypad had its key.
            switch try outcome(ControlPanel(address: address, baud: baud, key: secret), port) {
            case .online: return printOptions()
            case .offline(.wrongKey), .offline(.standardKey): break
            case .offline(let problem): throw failure(problem, secret)
            }
        } else {
            (secret, isNew) = (.random(), true)
            // Before the keypad has it: a key that is lost then would be one that nobody knows.
            try file.write(secret)
        }
        switch try outcome(ControlPanel(address: address, baud: baud, pairing: secret), port) {
        case .online: printOptions()
        case .offline(let problem):
            // A keypad that was not sent the key does not have it.
            if isNew, [.pairedBefore, .noSecureChannel, .keyRefused].contains(problem) { file.remove() }
            throw failure(problem, secret)
        }
    }

    private func failure(_ problem: ControlPanel.Problem, _ key: BaseKey) -> ValidationError {
        ValidationError(OSDPKeypad.Device(path: keypad, address: address, baud: baud, key: key).sentence(problem))
    }

    private enum Outcome { case online, offline(ControlPanel.Problem) }

    private func outcome(_ panel: ControlPanel, _ port: borrowing SerialPort) throws -> Outcome {
        var panel = panel
        let start = ContinuousClock.now
        while true {
            for output in panel.receive(try port.read(within: 10), at: ContinuousClock.now - start) {
                switch output {
                case .send(let bytes): port.write(bytes)
                case .event(.online): return .online
                case .event(.offline(let problem)): return .offline(problem)
                case .event: break
                }
            }
        }
    }

    private func printOptions() {
        say("The keypad has its key. Give qrpin-kiosk:")
        print(
            "--keypad '\(keypad)' --keypad-baud \(baud) --keypad-osdp '\(key)'"
                + (address == 0 ? "" : " --keypad-address \(address)"))
    }
}
