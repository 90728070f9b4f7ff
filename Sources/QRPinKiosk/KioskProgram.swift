import ArgumentParser
import KioskRuntime
import Logging
import PrometheusMetrics
import ServiceLifecycle
import ServiceManager
import Settings
import Synchronization
import UnixSignals

/// The kiosk from its start to its end, with one configuration after another: SIGHUP brings the next.
struct KioskProgram: Service {
    private let first: QRPinKiosk
    private let lasting = Lasting()
    private let logger: Logger
    private let next = Next()

    private final class Next: Sendable { let configuration = Mutex<QRPinKiosk?>(nil) }

    init(_ first: QRPinKiosk) {
        self.first = first
        logger = Logger(label: "qrpin-kiosk", factory: { StreamLogHandler.standardError(label: $0) })
    }

    /// Until a signal ends it.
    func start() async throws {
        let services: [any Service] = [
            self, Part { await listen() }, Heartbeat(lasting.manager) { [lasting] in await lasting.progress },
        ]
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    func run() async throws {
        var (present, former): (QRPinKiosk, QRPinKiosk?) = (first, nil)
        while true {
            let start = ContinuousClock.now
            do {
                let group = try present.build(lasting, logger)
                lasting.manager.tell(.ready)
                // The next one may have come while this one was made.
                if next.configuration.withLock({ $0 != nil }) { await lasting.kiosk?.endWhenIdle() }
                try await group.run()
                guard !Task.isShuttingDownGracefully, let next = takeNext() else { return }
                (present, former) = (next, present)
                logger.info("the new configuration begins")
            } catch {
                // What shows only when it is tried shows at once, such as a port that another program has.
                guard let kept = former, !(error is ExitCode), ContinuousClock.now - start < .seconds(10) else { throw error }
                logger.error("the new configuration does not work, and the old one stays: \(error)")
                (present, former) = (kept, nil)
            }
        }
    }

    private func takeNext() -> QRPinKiosk? {
        next.configuration.withLock { next in
            defer { next = nil }
            return next
        }
    }

    private func listen() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            lasting.manager.tellReloading()
            if await !reload() { lasting.manager.tell(.ready) }
        }
    }

    /// Reads the configuration again. It begins when nobody is at the kiosk; when it is wrong, nothing changes. True when it has begun.
    private func reload() async -> Bool {
        do {
            let configured = QRPinKiosk.configured()
            let kiosk = try configured.parse()
            var problems = await kiosk.problems()
            if kiosk.outbox != first.outbox {
                problems.append("--outbox \(kiosk.outbox): this changes at a restart, when \(first.outbox) has been delivered.")
            }
            guard problems.isEmpty else { throw SettingsError(problems: problems.map(configured.explanation)) }
            next.configuration.withLock { $0 = kiosk }
        } catch {
            lasting.metrics.count(.reloads, [("result", "refused")])
            logger.error("the new configuration is refused, and the old one stays:\n\(error)")
            return false
        }
        lasting.metrics.count(.reloads, [("result", "taken")])
        await lasting.kiosk?.endWhenIdle()
        // The service manager waits for this; a session may last for hours, and is no reason to let it wait.
        for _ in 0..<100 {
            if next.configuration.withLock({ $0 == nil }) { return true }
            try? await Task.sleep(for: .milliseconds(100))
        }
        logger.info("the new configuration begins when nobody is at the kiosk")
        return false
    }
}
