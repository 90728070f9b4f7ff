import FoundationEssentials
import Glibc
import HandOver
import InputDevice
import KioskPage
import ScannerProcess
import SerialKeypad
import Settings
import SignInReporting

extension QRPinKiosk {
    /// The options from all places.
    static func configured() -> ConfiguredCommand<QRPinKiosk> {
        ConfiguredCommand(
            arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment
        ) { path in
            guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
                throw SettingsError(problems: [
                    "--config \(path): this cannot be read as text. Check its name and that this user may read it."
                ])
            }
            return text
        }
    }

    /// What is wrong with values, as far as that can be told without starting: a sentence each, which begins with the option.
    func problems() async -> [String] {
        var problems: [String] = []
        func look(_ option: String, _ value: String?, _ body: (String) throws -> Void) {
            guard let value else { return }
            do { try body(value) } catch {
                let sentence = "\(error)"
                problems.append(sentence.hasPrefix("--") ? sentence : "--\(option) \(value): \(sentence)")
            }
        }
        look("service", service, Self.needURL)
        look("key", key) { _ = try ClientKey(path: $0) }
        for (option, path) in [("service-ca", serviceCA), ("tls-certificate", tlsCertificate), ("tls-key", tlsKey)] {
            look(option, path, Self.needPEM)
        }
        look("outbox", outbox, Self.needDirectory)
        look("scanner", scannerPath) { try Self.need(unsafe access($0, X_OK) == 0, "this is no program. Name qrpin-scan.") }
        look("camera", camera.camera) {
            try Self.need(
                unsafe $0.hasPrefix("/dev/") || access($0, R_OK) == 0,
                "this is no device and no picture. Choose one of `qrpin-scan --list-devices`.")
        }
        look("keypad", keypad.keypad) { path in
            try Self.need(path.hasPrefix("/"), "this is no port. Give its whole path, from / on.")
            try Self.need(
                keypad.format == .hid || !EventNode.isInput(path: path), "this is a keyboard. Give --keypad-format hid, too.")
        }
        look("reader", reader.reader) { path in
            try Self.need(
                reader.format == .hid || !EventNode.isInput(path: path), "this is a keyboard. Give --reader-format hid, too.")
        }
        look("keypad-osdp", keypad.osdp) { _ = try OSDPKeyFile($0).read() }
        look("page-language", page.language) { _ = try Languages(standard: $0, directory: page.languages) }
        look("application-token", page.applicationToken) { _ = try PageToken(path: $0) }
        look("hand-over", handOver) { _ = try HandOver(command: $0) { _ in } }
        return problems + (await scannerComplaint.map { [$0] } ?? [])
    }

    /// In the words of this program's options.
    private var scannerComplaint: String? {
        get async {
            guard var text = await scannerProcess.complaint() else { return nil }
            text.replace("--device", with: "--camera")
            for name in ["size", "rate", "format", "control"] { text.replace("--\(name)", with: "--camera-\(name)") }
            return text
        }
    }

    private struct Problem: Error, CustomStringConvertible { let description: String }

    private static func need(_ holds: Bool, _ problem: String) throws {
        if !holds { throw Problem(description: problem) }
    }

    private static func needURL(_ text: String) throws {
        let url = URL(string: text)
        let isURL = ["http", "https"].contains(url?.scheme) && !(url?.host ?? "").isEmpty
        try need(isURL, "this is no URL of a service. Give one such as https://badges.example.")
    }

    private static func needPEM(_ path: String) throws {
        let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8)
        guard let text else { throw Problem(description: "this cannot be read. Check its name and permissions.") }
        try need(text.contains("-----BEGIN "), "this is no PEM file. Give one that has -----BEGIN in it.")
    }

    private static func needDirectory(_ path: String) throws {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        try need(
            unsafe access(directory, W_OK | X_OK) == 0,
            "\(directory) cannot be written to. Make it, and give it to the kiosk's user.")
    }
}
