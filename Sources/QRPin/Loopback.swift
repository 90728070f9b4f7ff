import ArgumentParser
import FoundationEssentials
import Glibc
import QRCode
import Subprocess

/// `qrpin loopback`: a person with a badge, a camera and a keypad, for a machine that has none of them.
struct Loopback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Signs in at a kiosk with a drawn badge and a pseudo-terminal keypad.",
        discussion: "Draws the badge for the loopback camera, runs the kiosk, and types the PIN when it is asked for.")

    @Option(help: "The qrpin-kiosk program.") var kiosk: String
    @Option(help: "The qrpin-scan program.") var scanner: String
    @Option(help: "A file with the badge's payload, as `qrpin issue` writes it.") var badge: String
    @Option(help: "A file with a line `PIN …`, as `qrpin issue` prints it.") var pinFile: String
    @Option(help: "The PIN to choose when a new one is asked for. (default: a random one)") var newPin: String?
    @Argument(parsing: .postTerminator, help: "Further arguments of qrpin-kiosk.") var arguments: [String] = []

    func run() async throws { try await untilSignal { try await signIn() } }

    private func signIn() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-loopback-\(UUID())")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        let camera = directory.appending(path: "camera.pgm").path
        let payload = try Data(contentsOf: URL(filePath: badge))
        let frame = try CameraScene(width: 640, height: 480).raster(of: Symbol(encoding: [UInt8](payload), level: .low))
        try Data(frame.pgm()).write(to: URL(filePath: camera))
        let keypad = try PseudoTerminal()
        let person = Person(pin: try pin(), newPIN: newPin ?? Self.randomPIN())

        let result = try await Subprocess.run(
            Companion.executable,
            arguments: Companion.arguments(
                kiosk, arguments + ["--scanner", scanner, "--camera", camera, "--keypad", keypad.path]), input: .none,
            output: .sequence, error: .currentStandardError
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                print(line)
                // Who reads a file wants to know it now, too.
                fflush(nil)
                if let typed = person.answer(to: line) { try await keypad.type(typed) }
            }
        }
        guard case .exited(let code) = result.terminationStatus else { throw ExitCode(1) }
        if code != 0 { throw ExitCode(code) }
    }

    private func pin() throws -> String {
        let text = try readText(pinFile)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("PIN ") }) else {
            throw ValidationError("--pin-file \(pinFile): no line starts with PIN.")
        }
        return String(line.dropFirst(4))
    }

    /// Ten digits without a run or a repeated block in most cases; the service says no to the others.
    private static func randomPIN() -> String {
        String("0123456789".shuffled())
    }
}

/// Answers the kiosk's questions.
struct Person {
    let pin: String
    let newPIN: String

    func answer(to line: String) -> String? {
        if line.hasPrefix("Type your PIN") { return pin + "\r" }
        if line.hasPrefix("Choose a new PIN") || line.hasPrefix("Type the new PIN again") { return newPIN + "\r" }
        return nil
    }
}

/// The two ends of a pseudo-terminal (`man 4 ptmx`): we type, the kiosk reads.
struct PseudoTerminal: ~Copyable {
    private let descriptor: Int32
    let path: String

    init() throws {
        descriptor = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ValidationError("/dev/ptmx cannot be opened. Is /dev/pts mounted?") }
        var (locked, number): (Int32, Int32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN (`man 2 TIOCSPTLCK`): Glibc's posix_openpt and ptsname are not imported.
        guard unsafe ioctl(descriptor, 0x4004_5431, &locked) == 0, unsafe ioctl(descriptor, 0x8004_5430, &number) == 0 else {
            close(descriptor)
            throw ValidationError("no pseudo-terminal is free. End a program that holds many.")
        }
        path = "/dev/pts/\(number)"
    }

    deinit { close(descriptor) }

    /// More than 20 keys a second, a PIN and a new one twice in a row, a kiosk takes for noise.
    static let keyInterval = 70

    /// A key every ``keyInterval`` milliseconds.
    func type(_ text: String) async throws {
        for byte in text.utf8 {
            try press(byte)
            try await Task.sleep(for: .milliseconds(Self.keyInterval))
        }
    }

    func press(_ key: UInt8) throws {
        guard unsafe write(descriptor, [key], 1) == 1 else { throw ValidationError("\(path) does not take what is typed.") }
    }
}
