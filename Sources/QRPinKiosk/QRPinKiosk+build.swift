import FoundationEssentials
import HandOver
import KioskPage
import KioskRuntime
import LifecycleAPI
import Logging
import NFCTag
import OfflineStore
import PrometheusMetrics
import ScannerProcess
import SerialKeypad
import SerialScanner
import ServiceLifecycle
import SignInReporting
import Verifier

extension QRPinKiosk {
    func build(_ lasting: Lasting, _ logger: Logger) throws -> ServiceGroup {
        try ServiceTLS.use(authority: serviceCA, certificate: tlsCertificate, key: tlsKey)
        _ = try ClientKey(path: key)
        // Read at each use: `qrpin change-key` may have replaced it.
        let clientKey: @Sendable () throws -> ClientKey = { [key] in try ClientKey(path: key) }
        let client = LifecycleClient(url: service, clientID: clientID, issuer: issuer, key: clientKey)
        let entries = try offline.store(besideOutbox: outbox)
        let outbox = try Outbox(path: outbox) { logger.warning("\($0)") }
        let (keypad, port, layout) = (try keypad.device(), keypad.keypad, keypad.layout)
        let (view, feed, attempts) = (lasting.view, lasting.feed, lasting.attempts)
        let (sources, reader, tap) = (BadgeSources(reader.sources), try reader.device(), reader.cardReaders)
        feed.update {
            ($0.camera, $0.keypad, $0.keypadLayout, $0.hasPreview) = (.unknown, .unknown, layout.shown, false)
            $0.expect(sources)
        }
        view.use(sources)
        let note: @Sendable (String) -> Void = { logger.warning("\($0)") }
        let handOver = try handOver.map { path in try HandOver(command: path, note: note) }
        let box = page.applicationToken == nil ? nil : AssertionBox(feed: feed)
        let preview = page.preview ? PreviewFeed(feed: feed) : nil
        let switching = Switching(client, kioskID: clientID, key: clientKey, entries: entries, logger: logger) { isUp in
            feed.update { ($0.isOnline, $0.canSignInOffline) = (isUp, !isUp && entries.count ?? 0 > 0) }
        }
        let kiosk = Kiosk(
            verifier: Verifier(timeouts: timeouts), service: switching.service,
            effects: KioskEffects(
                record: {
                    try outbox.append($0)
                    lasting.ended($0.outcome)
                    if !$0.outcome.isSessionEnd { attempts.count($0.outcome) }
                },
                show: { display in
                    lasting.shown(display)
                    view.show(display)
                    keypad.show(display)
                    reader?.show(display)
                    feed.update { $0.show(display) }
                },
                handOver: { id, assertion in
                    handOver?.signedIn(id, assertion)
                    box?.put(assertion, of: "\(id)")
                },
                endSession: { id in
                    handOver?.signedOut(id)
                    box?.clear()
                }, asked: lasting.asked, note: note),
            now: Uptime.moment)
        lasting.kiosk = kiosk
        let foundKeypad: @Sendable (Bool) -> Void = { isThere in
            feed.update { $0.keypad = isThere ? .present : .absent }
            kiosk.tell(isThere ? .returned(.keypad) : .lost(.keypad))
        }
        let found: @Sendable (BadgeSource, Bool) -> Void = { source, isThere in
            feed.update { $0.found(source, isThere) }
            if let event = sources.found(source, isThere) { kiosk.tell(event) }
            if sources.all.count > 1 { view.sourcesChanged() }
        }
        let health = HealthReporter(
            measure: { camera, crashes in
                let moment = Uptime.moment()
                return KioskHealth(
                    version: Release.version, camera: camera, outboxDepth: try await outbox.count(), scannerCrashes: crashes,
                    clockTrusted: moment.isClockTrusted, offlineEntries: entries.count, dateTime: moment.wall)
            },
            send: { [link = switching.link] health in
                try await Switching.watching(link) { try await client.send(.POST, "/kiosk/v1/health", body: health) }
            })
        let read: @Sendable (String) -> Void = { text in
            lasting.read()
            kiosk.read(text)
        }
        let scanner = scannerProcess

        var parts: [any Service] = [
            Part { await Reporter(outbox: outbox, client: client, note: note).run() },
            Part { await kiosk.run() },
            Part { await health.run() },
            Part { await lasting.tellStatus(outbox) },
            Part {
                for await report in keypad.reports() {
                    switch report {
                    case .key(let key):
                        lasting.pressed()
                        kiosk.pressed(key)
                    case .present:
                        logger.info("keypad \(port) is there")
                        foundKeypad(true)
                    case .absent(let reason):
                        logger.warning("\(reason)")
                        foundKeypad(false)
                    case .card(let text?): read(text)
                    case .card(nil): kiosk.tapped(.identifierOnly)
                    case .tampered(let isOpen):
                        logger.warning("keypad \(port): it says that it \(isOpen ? "was opened" : "is closed again")")
                    }
                }
            },
        ]
        if sources.has(.camera) {
            parts.append(
                Part {
                    await scanner.run { report in
                        switch report {
                        case .read(let text): read(text)
                        case .preview(let one):
                            preview?.show(.init(width: one.width, height: one.height, luma: one.luma, outline: one.outline))
                        case .streaming(let device):
                            logger.info("camera \(device) is there")
                            health.cameraBecame("streaming")
                            found(.camera, true)
                        case .absent(let reason):
                            logger.warning("\(reason)")
                            health.cameraBecame("absent")
                            found(.camera, false)
                        case .crashed(let reason, let count):
                            logger.error("\(reason) (\(count) so far)")
                            found(.camera, false)
                            health.scannerCrashed(count)
                            lasting.metrics.count(.crashes)
                        }
                    }
                })
        }
        if let reader { parts.append(Part { await reader.run(logger, read: read) { found(.reader, $0) } }) }
        if let tap {
            let tapped: @Sendable (TagReading) -> Void = { reading in
                lasting.read()
                kiosk.tapped(reading)
            }
            parts.append(Part { await tap.run(logger, read: tapped, missed: kiosk.missedCard) { found(.tap, $0) } })
        }
        parts += switching.parts
        // First, so that it is shut down last: the end of a session is told even when the kiosk stops.
        if let handOver { parts.insert(handOver, at: 0) }
        if let page = try page.server(kiosk, feed, box, preview, lasting.pageToken, logger) { parts.append(page) }
        if let metrics {
            parts.append(
                MetricsServer(port: metrics, logger: logger) {
                    logger.info("metrics are at http://127.0.0.1:\($0)/metrics")
                } text: {
                    lasting.metrics.exposition()
                })
        }
        if let once { parts.append(Part { try await attempts.wait(for: once, outbox) }) }
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: parts.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                }, logger: logger))
    }

    var scannerPath: String { scanner ?? Self.besideThisProgram("qrpin-scan") }

    var scannerProcess: ScannerProcess {
        // What is no badge comes, too: the person is told so.
        ScannerProcess(
            executable: scannerPath, arguments: ["--any"] + (page.preview ? ["--preview"] : []) + camera.scannerArguments)
    }

    private static func besideThisProgram(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: name).path
    }
}

/// One branch of the tree of tasks. It is cancelled when the group shuts down.
struct Part: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await body() }
    }
}
