import FilePermissions
import FoundationEssentials
import Glibc
import InputDevice
import SerialKeypad
import SerialLine
import SmartCardReader
import Subprocess
import SystemPackage

/// Whether `qrpin-kiosk --check` is content.
struct ConfigurationCheck {
    let kiosk: KioskSettings
    let programs: String

    func findings() async -> [Finding] {
        let (name, program) = ("configuration", programs + "/qrpin-kiosk")
        do {
            let arguments = ["--check", "--config", kiosk.path, "--key", kiosk.key, "--outbox", kiosk.outbox]
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            if result.terminationStatus.isSuccess { return [.ok(name, kiosk.path)] }
            return result.standardError.split(separator: "\n").map { line in
                .failed(
                    name, String(line.hasPrefix("Error: ") ? line.dropFirst(7) : line),
                    cure: "Change it, then `systemctl reload qrpin-kiosk`.")
            }
        } catch {
            return [.failed(name, "\(program) does not run: \(error)", cure: "Install qrpin-kiosk, or give --programs.")]
        }
    }
}

/// Whether the camera is there, may be used, and shows a picture.
struct CameraCheck {
    let kiosk: KioskSettings
    let user: LocalUser
    let programs: String
    private let name = "camera"

    func finding() async -> Finding {
        if let path = kiosk["camera"] {
            guard FileManager.default.fileExists(atPath: path) else {
                return .failed(
                    name, "\(path) is not there", cure: "Plug the camera in, or set camera to one of `qrpin-scan --list-devices`."
                )
            }
            if path.hasPrefix("/dev/"), let obstacle = user.obstacle(at: path) {
                return .failed(name, "\(user.name) may not use \(path)", cure: obstacle)
            }
            let others = holders(of: path)
            if others.contains("qrpin-scan") { return .ok(name, "\(path) is in use by the running kiosk") }
        }
        return await frame()
    }

    private func frame() async -> Finding {
        let program = programs + "/qrpin-scan"
        let arguments =
            [
                ("device", "camera"), ("size", "camera.size"), ("rate", "camera.rate"), ("format", "camera.format"),
                ("control", "camera.control"),
            ]
            .flatMap { option, key in kiosk.all(key).flatMap { ["--\(option)", $0] } }
        let cure = "Choose another camera or format: `qrpin-scan --list-devices`."
        return await withTaskGroup(of: Finding?.self) { group in
            group.addTask { await first(program, arguments, cure) }
            group.addTask { [name] in
                try? await Task.sleep(for: .seconds(20))
                return .failed(name, "no picture came in 20 seconds", cure: cure)
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 } ?? .failed(name, "\(program) said nothing", cure: cure)
        }
    }

    private struct Line: Decodable { let state, device, reason: String? }

    /// By the first line of the scanner's that tells of the camera: it says `streaming` when a frame came.
    private func first(_ program: String, _ arguments: [String], _ cure: String) async -> Finding? {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            return try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), platformOptions: options, input: .none,
                output: .sequence, error: .discarded
            ) { [name] execution -> Finding? in
                defer { try? execution.send(signal: .terminate) }
                for try await text in execution.standardOutput.strings() {
                    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else { continue }
                    switch line.state {
                    case "streaming": return .ok(name, "\(line.device ?? "the camera") shows pictures")
                    case "absent": return .failed(name, line.reason ?? "there is none", cure: cure)
                    default: continue
                    }
                }
                return nil
            }.closureResult
        } catch { return .failed(name, "\(program) does not run: \(error)", cure: "Install qrpin-kiosk, or give --programs.") }
    }
}

/// Whether the keypad or the barcode scanner is there, may be used, and is nobody else's.
struct PortCheck {
    let name: String
    let path: String
    let kiosk: KioskSettings
    let user: LocalUser

    func finding() -> Finding {
        guard FileManager.default.fileExists(atPath: path) else {
            return .failed(name, "\(path) is not there", cure: "Plug the \(name) in, or set \(name) to its port.")
        }
        if let obstacle = user.obstacle(at: path) { return .failed(name, "\(user.name) may not use \(path)", cure: obstacle) }
        var others = holders(of: path)
        // Two programs at one port each get a part of what is typed.
        if others.remove("qrpin-kiosk") != nil, others.isEmpty { return .ok(name, "\(path) is in use by the running kiosk") }
        if others.contains("ModemManager") {
            return .failed(
                name, "ModemManager has \(path) open",
                cure: "Install qrpin's udev rule, which keeps it away, or remove ModemManager.")
        }
        if let other = others.first { return .failed(name, "\(other) has \(path) open", cure: "End \(other).") }
        do {
            if kiosk["\(name).format"] == "hid" {
                _ = try EventNode(path: path)
                return .ok(name, "\(path) can be grabbed")
            }
            _ = try SerialPort(path: path, settings: settings)
            return .ok(name, "\(path) can be opened")
        } catch {
            return .failed(name, "\(error)", cure: "See the manual of the \(name); `qrpin \(name) learn` finds its settings.")
        }
    }

    private var settings: SerialSettings {
        var settings = SerialSettings()
        settings.baud = kiosk["\(name).baud"].flatMap { Int($0) } ?? settings.baud
        settings.framing = kiosk["\(name).framing"].flatMap { SerialFraming($0) } ?? settings.framing
        return settings
    }
}

/// Whether pcscd answers and has a card reader.
struct TapCheck {
    let kiosk: KioskSettings
    let user: LocalUser
    private let name = "tap"
    private let socket = "/run/pcscd/pcscd.comm"

    func finding() -> Finding {
        if FileManager.default.fileExists(atPath: socket), let obstacle = user.obstacle(at: socket) {
            return .failed(name, "\(user.name) may not use \(socket)", cure: obstacle)
        }
        do throws(SmartCardError) {
            let readers = try CardReaders(wanted: kiosk.all("tap.reader")).present()
            guard readers.isEmpty else { return .ok(name, readers.joined(separator: ", ")) }
            let others = try CardReaders().present()
            return .failed(
                name, others.isEmpty ? "pcscd has no card reader" : "no card reader is called like tap.reader",
                cure: others.isEmpty
                    ? "Plug one in that pcscd knows." : "Set tap.reader to a part of: \(others.joined(separator: ", ")).")
        } catch {
            let result = error.failure == .noService ? "pcscd does not answer" : "\(error)"
            return .failed(name, result, cure: "Install pcscd: `apt install pcscd`, `systemctl enable --now pcscd.socket`.")
        }
    }
}
