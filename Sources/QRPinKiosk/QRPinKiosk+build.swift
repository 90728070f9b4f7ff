import FoundationEssentials
public import KioskRuntime
import LifecycleAPI
import Logging
import ScannerProcess
import SerialKeypad
import ServiceLifecycle
import ServiceManager
public import SignInReporting
import UnixSignals
import Verifier

extension SignInCalls: SignInService {}

extension QRPinKiosk {
    func build() throws -> ServiceGroup {
        let logger = Logger(label: "qrpin-kiosk", factory: { StreamLogHandler.standardError(label: $0) })
        try ServiceTLS.use(authority: serviceCA, certificate: tlsCertificate, key: tlsKey)
        let client = LifecycleClient(url: service, clientID: clientID, key: try ClientKey(path: key), issuer: issuer)
        let outbox = try Outbox(path: outbox)
        let view = TerminalView()
        let (keypad, port) = (try keypad.device(), keypad.keypad)
        let attempts = AttemptCounter()
        let note: @Sendable (String) -> Void = { logger.warning("\($0)") }
        let kiosk = Kiosk(
            verifier: Verifier(timeouts: timeouts), service: SignInCalls(client: client),
            effects: KioskEffects(
                record: {
                    try outbox.append($0)
                    if !$0.outcome.isSessionEnd { attempts.count($0.outcome) }
                },
                show: {
                    view.show($0)
                    keypad.show($0)
                }, handOver: { _, _ in }, note: note),
            now: Uptime.moment)
        let health = HealthReporter(
            measure: { camera, crashes in
                let moment = Uptime.moment()
                return KioskHealth(
                    version: Release.version, camera: camera, outboxDepth: try await outbox.count(), scannerCrashes: crashes,
                    clockTrusted: moment.isClockTrusted, dateTime: moment.wall)
            }, send: { try await client.send(.POST, "/kiosk/v1/health", body: $0) })
        let scanner = ScannerProcess(
            executable: scanner ?? Self.besideThisProgram("qrpin-scan"),  // What is no badge comes, too: the person is told so.
            arguments: ["--any"] + camera.scannerArguments)

        var parts: [any Service] = [
            Part { await Reporter(outbox: outbox, client: client, note: note).run() },
            Part { await kiosk.run() },
            Part { await health.run() },
            Part {
                await scanner.run { report in
                    switch report {
                    case .read(let text): kiosk.read(text)
                    case .streaming(let device):
                        logger.info("camera \(device) is there")
                        health.cameraBecame("streaming")
                        kiosk.tell(.returned(.scanner))
                    case .absent(let reason):
                        logger.warning("\(reason)")
                        health.cameraBecame("absent")
                        kiosk.tell(.lost(.scanner))
                    case .crashed(let reason, let count):
                        logger.error("\(reason) (\(count) so far)")
                        kiosk.tell(.lost(.scanner))
                        health.scannerCrashed(count)
                    }
                }
            },
            Part {
                for await report in keypad.reports() {
                    switch report {
                    case .key(let key): kiosk.pressed(key)
                    case .present:
                        logger.info("keypad \(port) is there")
                        kiosk.tell(.returned(.keypad))
                    case .absent(let reason):
                        logger.warning("\(reason)")
                        kiosk.tell(.lost(.keypad))
                    }
                }
            },
        ]
        parts.append(Heartbeat(ServiceManager()) { await kiosk.turns })
        if let once { parts.append(Part { try await attempts.wait(for: once, outbox) }) }
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: parts.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
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
