import ArgumentParser
import FoundationEssentials
import LifecycleAPI
import ProcessPrivacy
import ServiceLifecycle
import ServiceManager
import Verifier

/// `qrpin-kiosk`: camera and keypad in, sign-ins out.
@main
struct QRPinKiosk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-kiosk", abstract: "Signs people in by badge and PIN and reports each sign-in.",
        discussion: "It runs until SIGTERM or SIGINT. What it shows goes to standard output, its log to standard error.")

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
    @Flag(help: "Gives people four times as long to type and to read.") var longTimeouts = false
    @Option(help: "A program that is told of sign-ins and of the ends of sessions; the assertion is on its standard input.")
    var handOver: String?
    @Option(help: "Ends after this many attempts, once they are reported; fails when the last was no sign-in.") var once: Int?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key: give both or none.")
        }
        guard session.map({ (60...86_400).contains($0) }) ?? true else {
            throw ValidationError("--session: give 60 to 86400 seconds.")
        }
    }

    var timeouts: Verifier.Timeouts {
        var timeouts = longTimeouts ? .long : Verifier.Timeouts()
        timeouts.session = session.map { .seconds($0) }
        return timeouts
    }

    func run() async throws {
        ProcessPrivacy.keepMemoryPrivate()
        let kiosk = try build()
        ServiceManager().tell(.ready)
        try await kiosk.run()
    }
}
