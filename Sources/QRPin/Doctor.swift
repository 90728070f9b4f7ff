import ArgumentParser
import FilePermissions
import FoundationEssentials
import Glibc
import Settings

/// `qrpin doctor`: what keeps this machine from being a kiosk, and what to do about it.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks this kiosk: configuration, camera, keypad, other readers, clock, service, enrolment, disk.",
        discussion: """
            Reads the kiosk's own file of options and changes nothing. Run it as root, so that it sees what other programs hold. A camera \
            or keypad that the running kiosk holds is not tried. Exit status: 1 when a check fails.
            """)

    @Option(help: "The kiosk's file of options.") var config = "/etc/qrpin/kiosk.conf"
    @Option(help: "The kiosk's key file. (default: the file's, else /etc/credstore/qrpin-kiosk.key)") var key: String?
    @Option(help: "The kiosk's outbox. (default: the file's, else /var/lib/qrpin-kiosk/outbox.sqlite)") var outbox: String?
    @Option(help: "The user whose permissions count. (default: qrpin-kiosk where there is one, and this program is root's)")
    var user: String?
    @Option(help: "The directory of qrpin-kiosk and qrpin-scan. (default: this program's)") var programs: String?
    @Flag(help: "Prints a JSON array instead of a table.") var json = false

    func run() async throws {
        let kiosk = KioskSettings(file: config, key: key, outbox: outbox)
        let user = try kioskUser()
        let programs = programs ?? Self.ownDirectory
        var findings = await ConfigurationCheck(kiosk: kiosk, programs: programs).findings()
        if kiosk["no-camera"] != "true" {
            findings.append(await CameraCheck(kiosk: kiosk, user: user, programs: programs).finding())
        }
        findings.append(
            PortCheck(name: "keypad", path: kiosk["keypad"] ?? "/dev/qrpin/keypad", kiosk: kiosk, user: user).finding())
        if let path = kiosk["reader"] {
            findings.append(PortCheck(name: "reader", path: path, kiosk: kiosk, user: user).finding())
        }
        if kiosk["tap"] == "true" { findings.append(TapCheck(kiosk: kiosk, user: user).finding()) }
        findings += await ServiceCheck(kiosk: kiosk).findings()
        findings += DiskCheck(kiosk: kiosk, user: user).findings()
        try json ? printJSON(findings) : printFindings(findings)
        if findings.contains(where: { $0.standing == .failed }) { throw ExitCode(1) }
    }

    private func kioskUser() throws -> LocalUser {
        guard let name = user else { return (geteuid() == 0 ? LocalUser(named: "qrpin-kiosk") : nil) ?? LocalUser() }
        guard let user = LocalUser(named: name) else {
            throw ValidationError("--user \(name): there is no such user. Name the one as whom the kiosk runs.")
        }
        return user
    }

    private func printFindings(_ findings: [Finding]) {
        printTable(
            [["CHECK", "STATE", "RESULT, CURE"]]
                + findings.flatMap { finding in
                    [[finding.check, finding.standing.rawValue, finding.result]]
                        + (finding.cure.map { [["", "", "→ " + $0]] } ?? [])
                })
    }

    private func printJSON(_ findings: [Finding]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(findings), as: UTF8.self))
    }

    private static var ownDirectory: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().path
    }
}

/// What a check found, and what to do when that is not well.
struct Finding: Encodable {
    enum Standing: String, Encodable {
        case ok, failed
        /// It could not be tried, for a reason that another finding tells.
        case unknown
    }

    let check: String
    let standing: Standing
    let result: String
    var cure: String?

    static func ok(_ check: String, _ result: String) -> Finding { Finding(check: check, standing: .ok, result: result) }

    static func failed(_ check: String, _ result: String, cure: String) -> Finding {
        Finding(check: check, standing: .failed, result: result, cure: cure)
    }

    static func unknown(_ check: String, _ result: String) -> Finding {
        Finding(check: check, standing: .unknown, result: result)
    }
}

/// The kiosk's options, as far as its doctor needs them.
struct KioskSettings {
    let path: String
    let key: String
    let outbox: String
    private let values: [String: [String]]

    /// A file that cannot be read has no settings; its check says so.
    init(file path: String, key: String?, outbox: String?) {
        let text = (try? String(contentsOf: URL(filePath: path), encoding: .utf8)) ?? ""
        let values = Dictionary(grouping: SettingsFile(text, path: path).settings, by: \.key).mapValues { $0.map(\.value) }
        (self.path, self.values) = (path, values)
        self.key = key ?? values["key"]?.last ?? "/etc/credstore/qrpin-kiosk.key"
        self.outbox = outbox ?? values["outbox"]?.last ?? "/var/lib/qrpin-kiosk/outbox.sqlite"
    }

    subscript(key: String) -> String? { values[key]?.last }
    func all(_ key: String) -> [String] { values[key] ?? [] }
}
