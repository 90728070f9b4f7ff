import ArgumentParser
import FoundationEssentials
import Hummingbird
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Logging
import ProcessPrivacy

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the service until SIGTERM or SIGINT.")

    @OptionGroup var store: StoreOptions
    @Option(help: "A directory for the signing keys and the PIN peppers, open to this user alone.") var stateDirectory: String
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.") var port = 8080
    @Option(help: "The name in the `iss` of tokens.") var issuer = Issuer.defaultName
    @Option(help: "Writes the service's URL to this file once it listens.") var readyFile: String?

    func run() async throws {
        ProcessPrivacy.keepMemoryPrivate()
        try await application().runService()
    }

    func application() async throws -> some ApplicationProtocol {
        let service = await LifecycleService(
            store: try await store.open(),
            keys: try ServiceKeys(
                directory: stateDirectory, credentials: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]),
            issuer: issuer)
        let (host, readyFile) = (host, readyFile)
        return Application(
            router: service.router(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                guard let readyFile, let port = channel.localAddress?.port else { return }
                // Renamed into place, so that nobody reads half of it.
                do {
                    try Data("http://\(host):\(port)\n".utf8).write(to: URL(filePath: readyFile), options: .atomic)
                } catch {
                    Logger(label: "qrpin-lifecycle").error("\(readyFile) cannot be written")
                }
            },
            logger: Logger(label: "qrpin-lifecycle"))
    }
}
