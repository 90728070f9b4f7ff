import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// `GET /metrics` on loopback, for Prometheus: no names and no ids, but how busy a site is, which no web page elsewhere is to learn.
public struct MetricsServer: Service {
    private let port: Int
    private let text: @Sendable () -> String
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) -> Void

    /// Port 0 is any that is free; `onRunning` is told which.
    public init(
        port: Int, logger: Logger, onRunning: @escaping @Sendable (_ port: Int) -> Void = { _ in },
        text: @escaping @Sendable () -> String
    ) {
        (self.port, self.logger, self.onRunning, self.text) = (port, logger, onRunning, text)
    }

    public func run() async throws {
        let router = Router(context: PageContext.self)
        router.add(middleware: Gate(token: PageToken(), applicationToken: nil))
        router.get("/metrics") { [text] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text())))
        }
        var logger = logger
        logger.logLevel = .warning
        let application = Hummingbird.Application(
            router: router, server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: nil,
                availableConnectionsDelegate: .maximum(16, logger: logger)),
            onServerRunning: { channel in channel.localAddress?.port.map(onRunning) }, logger: logger)
        do { try await application.run() } catch let error as IOError {
            throw KioskPageError.port(port, error.errnoCode, option: "--metrics")
        }
    }
}
