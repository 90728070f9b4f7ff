import ArgumentParser
import Credential
import FoundationEssentials
import KioskRuntime
import Logging
import OfflineStore
import SignInReporting
import Verifier

/// What is kept for sign-ins while the service is gone; whether there are any is for the service's policy to say.
struct OfflineOptions: ParsableArguments {
    @Option(
        name: .customLong("offline"),
        help: "The SQLite file that keeps what offline sign-ins need. (default: the outbox's name with .offline)")
    var path: String?
    @Option(
        name: .customLong("offline-pepper"),
        help: "A secret of this device, 16 to 1024 bytes. (default: the systemd credential offline.pepper, where there is one)")
    var pepper: String?

    func store(besideOutbox outbox: String) throws -> OfflineStore {
        try OfflineStore(path: path ?? outbox + ".offline", pepper: try devicePepper())
    }

    private func devicePepper() throws -> DevicePepper? {
        guard let file = pepper ?? Self.credential else { return nil }
        guard let bytes = FileManager.default.contents(atPath: file), let pepper = DevicePepper([UInt8](bytes)) else {
            throw ValidationError("--offline-pepper \(file): give a file of 16 to 1024 bytes that this user can read.")
        }
        return pepper
    }

    /// A kiosk without one goes on without it, and so does one whose TPM forgot it.
    private static var credential: String? {
        guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else { return nil }
        let file = directory + "/offline.pepper"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }
}

/// The service with all that makes the kiosk go on without it.
struct Switching {
    let service: SwitchingService
    let link: ServiceLink
    let entries: OfflineStore
    private let follower: ChangeFollower

    init(
        _ client: LifecycleClient, kioskID: String, key: @escaping @Sendable () throws -> ClientKey, entries: OfflineStore,
        logger: Logger, changed: @escaping @Sendable (_ isUp: Bool) -> Void
    ) {
        let note: @Sendable (String) -> Void = { logger.warning("\($0)") }
        let isOutage: @Sendable (any Error) -> Bool = { ($0 as? LifecycleClientError)?.isOutage == true }
        link = ServiceLink(probe: { await client.isReady() }) { isUp in
            logger.warning(isUp ? "the service is back" : "the service is gone")
            changed(isUp)
        }
        self.entries = entries
        service = SwitchingService(
            online: OnlineService(calls: SignInCalls(client: client, heard: Uptime.heard)), entries: entries, link: link,
            isOutage: isOutage,
            assertion: { try await OfflineAssertion.make($0, $1, kioskID: kioskID, key: key(), at: $2) }, note: note,
            now: Uptime.moment)
        follower = ChangeFollower(entries, link: link, isOutage: isOutage, now: Uptime.moment, note: note) {
            try await client.changes(since: $0, wait: 50)
        }
    }

    /// What runs for as long as the kiosk does.
    var parts: [Part] {
        let (service, link, follower) = (service, link, follower)
        return [Part { await service.run() }, Part { await link.run() }, Part { await follower.run() }]
    }

    /// Makes a call beside the sign-ins, which also tells whether the service can be reached.
    static func watching(_ link: ServiceLink, _ call: () async throws -> Void) async throws {
        do { try await call() } catch {
            if (error as? LifecycleClientError)?.isOutage == true { link.found(isUp: false) }
            throw error
        }
        link.found(isUp: true)
    }
}

/// The service over the network.
private struct OnlineService: SignInService {
    let calls: SignInCalls

    func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
        try await calls.start(id, badge, at: moment)
    }

    func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer { try await calls.check(id, pin) }

    func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer { try await calls.setNewPIN(id, pin) }
}
