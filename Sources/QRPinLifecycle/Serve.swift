import ArgumentParser
import FoundationEssentials
import Glibc
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Logging
import PrometheusMetrics
import ProcessPrivacy
import ServiceLifecycle
import ServiceManager
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the service until SIGTERM or SIGINT.")

    @OptionGroup var store: StoreOptions
    @Option(help: "A directory for the signing, pepper and card keys, open to this user alone.") var stateDirectory: String
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.") var port = 8080
    @Option(help: "The name in the `iss` of tokens.") var issuer = Issuer.defaultName
    @Option(help: "Writes the service's URL to this file once it listens.") var readyFile: String?
    @Option(help: "The least that is logged: debug, info (each request), notice, warning, error.") var logLevel = Logger.Level
        .info
    @OptionGroup(title: "Issuers of tokens") var trust: TrustOptions
    @OptionGroup(title: "How callers reach it") var reach: ReachOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    func validate() throws {
        try reach.validate(host: host)
    }

    func run() async throws {
        ProcessPrivacy.keepMemoryPrivate()
        ProcessLimits.allowManyDescriptors()
        let level = logLevel
        LoggingSystem.bootstrap { _ in
            var log = LineLog()
            log.logLevel = level
            return log
        }
        let logger = Logger(label: "qrpin-lifecycle")
        let tls = try reach.identity()
        var services: [any Service] = [try await server(tls, logger)]
        // SIGHUP reads the certificate again; without one there is nothing to read, and no reason to end.
        if let tls { services.append(TLSReloading(tls, logger: logger)) } else { signal(SIGHUP, SIG_IGN) }
        let eventLoops = EventLoops()
        services.append(Heartbeat(ServiceManager()) { await eventLoops.turn() })
        try await ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }

    func server(_ tls: TLSIdentity?, _ logger: Logger) async throws -> LifecycleServer {
        let metrics = Metrics()
        var exposure = Exposure()
        exposure.isBehindProxy = reach.behindProxy
        exposure.hasTLS = tls != nil
        exposure.needsKioskCertificate = reach.kioskCA != nil
        exposure.limits = limits.rates
        let service = await LifecycleService(
            store: try await store.open(metrics),
            keys: try ServiceKeys(
                directory: stateDirectory, credentials: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]),
            issuer: issuer, trusted: try trust.issuers(), exposure: exposure, metrics: metrics)
        var configuration = LifecycleServer.Configuration()
        (configuration.host, configuration.port, configuration.tls) = (host, port, tls)
        configuration.connections = limits.maxConnections
        configuration.requestTime = .seconds(limits.requestSeconds)
        configuration.drainTime = .seconds(limits.drainSeconds)
        configuration.finishTime = .seconds(limits.finishSeconds)
        let (host, readyFile, scheme) = (host.contains(":") ? "[\(host)]" : host, readyFile, tls == nil ? "http" : "https")
        return LifecycleServer(service, configuration, logger: logger) { port in
            ServiceManager().tell(.ready)
            guard let readyFile else { return }
            // Renamed into place, so that nobody reads half of it.
            do {
                try Data("\(scheme)://\(host):\(port)\n".utf8).write(to: URL(filePath: readyFile), options: .atomic)
            } catch {
                logger.error("the ready file cannot be written", metadata: ["path": "\(readyFile)"])
            }
        }
    }
}
