import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import UnixSignals

/// The service behind a socket.
public struct LifecycleServer: Service {
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        public var port = 8080
        public var tls: TLSIdentity?
        /// Beyond it, connections wait to be accepted.
        public var connections = 4096
        /// The time for a request's head, for the rest of it, for a stalled answer to be read, and for a silent connection.
        public var requestTime = Duration.seconds(30)
        /// How long `/readyz` says no before connections are refused.
        public var drainTime = Duration.zero
        /// How long requests may take to finish after that.
        public var finishTime = Duration.seconds(20)

        public init() {}
    }

    let service: LifecycleService
    let configuration: Configuration
    let logger: Logger
    let onRunning: @Sendable (_ port: Int) -> Void

    public init(
        _ service: LifecycleService, _ configuration: Configuration, logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        (self.service, self.configuration, self.logger, self.onRunning) = (service, configuration, logger, onRunning)
    }

    /// Until it is shut down: says first that it is not ready, then accepts no more connections, finishes requests, and ends.
    public func run() async throws {
        let application = Application(
            router: service.router(), server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: .maximum(configuration.connections, logger: logger)),
            onServerRunning: { channel in channel.localAddress?.port.map(onRunning) }, logger: logger)
        var group = ServiceGroupConfiguration(services: [application], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.finishTime
        let inner = ServiceGroup(configuration: group)
        // Detached, because a group within a group shuts down with it: here it has its own time.
        let serving = Task.detached { try await inner.run() }
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await withTaskCancellationHandler {
                    try await serving.value
                } onCancel: {
                    serving.cancel()
                }
                return true
            }
            tasks.addTask {
                try await gracefulShutdown()
                service.endReadiness()
                try await Task.sleep(for: configuration.drainTime)
                await inner.triggerGracefulShutdown()
                return false
            }
            // The server's end, of its own or asked for, is the end of all.
            while try await tasks.next() == false {}
            tasks.cancelAll()
        }
    }

    private var builder: HTTPServerBuilder {
        let configuration = configuration
        var http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limit: TimeAmount(configuration.requestTime))],
            idleTimeout: TimeAmount(configuration.requestTime))
        http.httpDecoder = .init(maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100)
        let channel = http
        return HTTPServerBuilder { responder in
            let plain = HTTP1Channel(responder: responder, configuration: channel)
            return if let tls = configuration.tls { TLSServerChannel(base: plain, identity: tls) } else { plain }
        }
    }
}

/// Takes a new certificate on SIGHUP.
public struct TLSReloading: Service {
    let identity: TLSIdentity
    let logger: Logger

    public init(_ identity: TLSIdentity, logger: Logger) { (self.identity, self.logger) = (identity, logger) }

    public func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try identity.reload()
                logger.notice("TLS certificate read again")
            } catch {
                logger.error("TLS certificate not changed", metadata: ["error": "\(error)"])
            }
        }
    }
}
