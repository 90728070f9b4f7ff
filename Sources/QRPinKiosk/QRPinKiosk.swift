import ArgumentParser
import Glibc
import LifecycleAPI
import ProcessPrivacy
import Settings
import Verifier

/// `qrpin-kiosk`: camera and keypad in, sign-ins out.
struct QRPinKiosk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-kiosk", abstract: "Signs people in by badge and PIN and reports each sign-in.",
        discussion: """
            It runs until SIGTERM or SIGINT. What it shows goes to standard output, its log to standard error. SIGHUP reads --config \
            again; what is new there begins when nobody is at the kiosk.

            Each option has a key in that file, one `key = value` a line: its name, with a dot where another option's name ends, such as \
            `client-id`, `camera`, `camera.format` and `keypad.baud`; a flag is true or false. The variable QRPIN_CAMERA_FORMAT in the \
            environment wins over the file, and an option over both.
            """)

    @Option(help: "A file of options.") var config: String?
    @Flag(help: "Says what is wrong with the options, and ends: 0 when nothing is, else 64.") var check = false
    @Option(help: "The lifecycle service's URL.") var service: String
    @Option(help: "This kiosk's client id at the service.") var clientID: String
    @Option(help: "This kiosk's key file, from `qrpin keygen`.") var key: String
    @Option(help: "The service's name in tokens.") var issuer = Issuer.defaultName
    @Option(help: "The one authority to believe for the service's TLS certificate, PEM. (default: the system's)")
    var serviceCA: String?
    @Option(help: "A TLS certificate with the client id as its DNS name, for a service that asks for one, PEM.")
    var tlsCertificate: String?
    @Option(help: "The private key of the TLS certificate, PEM.") var tlsKey: String?
    @Option(help: "The SQLite file that keeps events until the service has them.") var outbox: String
    @Option(help: "The qrpin-scan program. (default: beside this program)") var scanner: String?
    @OptionGroup(title: "Camera") var camera: CameraOptions
    @OptionGroup(title: "Reader") var reader: ReaderOptions
    @OptionGroup(title: "Keypad") var keypad: KeypadOptions
    @OptionGroup(title: "Page") var page: PageOptions
    @OptionGroup(title: "Offline") var offline: OfflineOptions
    @Option(help: "Keeps a person signed in until nothing was done for so many seconds, at least 60. (default: no sessions)")
    var session: Int?
    @Flag(inversion: .prefixedNo, help: "Gives people four times as long to type and to read.") var longTimeouts = false
    @Option(help: "A program that is told of sign-ins and of the ends of sessions; the assertion is on its standard input.")
    var handOver: String?
    @Option(help: "Serves /metrics for Prometheus on this port of 127.0.0.1; 0 is any that is free. (default: no metrics)")
    var metrics: Int?
    @Option(help: "Ends after this many attempts, once they are reported; fails when the last was no sign-in.") var once: Int?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key: give both or none.")
        }
        guard session.map({ (60...86_400).contains($0) }) ?? true else {
            throw ValidationError("--session: give 60 to 86400 seconds.")
        }
        guard metrics.map({ (0...65_535).contains($0) }) ?? true else {
            throw ValidationError("--metrics: choose a port from 0 to 65535.")
        }
    }

    var timeouts: Verifier.Timeouts {
        var timeouts = longTimeouts ? .long : Verifier.Timeouts()
        timeouts.session = session.map { .seconds($0) }
        return timeouts
    }
}

@main
enum Main {
    static func main() async {
        ProcessPrivacy.keepMemoryPrivate()
        let configured = QRPinKiosk.configured()
        do {
            let kiosk = try configured.parse()
            guard kiosk.check else { return try await KioskProgram(kiosk).start() }
            let problems = await kiosk.problems()
            if !problems.isEmpty { throw SettingsError(problems: problems.map(configured.explanation)) }
        } catch let error as SettingsError {
            let text = Array(error.problems.map { "Error: \($0)\n" }.joined().utf8)
            _ = unsafe write(STDERR_FILENO, text, text.count)
            QRPinKiosk.exit(withError: ExitCode.validationFailure)
        } catch { QRPinKiosk.exit(withError: error) }
    }
}
