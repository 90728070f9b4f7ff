import Credential
import FoundationEssentials
import LifecycleAPI
import SignInBench
import SignInReporting
import Subprocess
import Synchronization
import Verifier

/// A lifecycle service of the bench's own, with its administrator, people and badges.
final class BenchSite: Sendable {
    let directory: String
    let service: Companion
    private let programs: BenchPrograms
    private let admin = ClientKey()
    private let readyFile: String
    private let port: Port

    /// Everything is made in `directory`.
    init(_ programs: BenchPrograms, directory: String) async throws {
        (self.programs, self.directory, readyFile) = (programs, directory, directory + "/ready")
        let (database, state, ready) = (directory + "/lifecycle.sqlite", directory + "/state", readyFile)
        let port = Port()
        self.port = port
        service = Companion(
            programs.lifecycle,
            [
                "serve", "--database", database, "--state-directory", state, "--port", port.text, "--ready-file", ready,
                "--kiosk-rate", "off", "--client-rate", "off", "--address-rate", "off",
            ], log: directory + "/service.log")
        try await addClient(
            "admin", admin,
            ["UserAuthenticationMethod.ReadWrite.All", "User.ReadWrite.All", "AuditLog.Read.All"])
    }

    /// Waits until the service answers. Throws when it does not within half a minute.
    func url() async throws -> String {
        for _ in 0..<600 {
            if let line = try? String(contentsOf: URL(filePath: readyFile), encoding: .utf8).split(separator: "\n").first {
                port.remember(line)
                return String(line)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchError("the lifecycle service did not start. Its log is \(directory)/service.log; keep it with --keep.")
    }

    func cutService() async throws {
        try await service.kill()
        try FileManager.default.removeItem(atPath: readyFile)
    }

    func client(_ id: String, _ key: ClientKey) async throws -> LifecycleClient {
        LifecycleClient(url: try await url(), clientID: id, key: key)
    }

    /// Lets a new kiosk in, and returns the arguments by which it is known.
    func addKiosk(_ id: String) async throws -> [String] {
        let (key, path) = (ClientKey(), "\(directory)/\(id).key")
        try await addClient(id, key, ["Kiosk.SignIn"])
        try key.write(to: path)
        return ["--service", try await url(), "--client-id", id, "--key", path, "--outbox", "\(directory)/\(id).sqlite"]
    }

    /// What the log says of a kiosk's attempts, in the kiosk's order.
    func outcomes(ofKiosk id: String) async throws -> [String] {
        try await client("admin", admin).all("/beta/auditLogs/signIns?$top=1000", of: GraphSignIn.self)
            .filter { $0.deviceDetail.deviceId == id }.sorted { $0.kioskSequence < $1.kioskSequence }.map(\.result)
    }

    /// A new person with a badge of that kind.
    func badge(_ kind: Scenario.Badge, of name: String) async throws -> BenchBadge {
        if kind == .garbage { return BenchBadge(text: "https://example.test/menu") }
        if kind == .malformed { return BenchBadge(text: "ms-qrpin:v1|\(name)") }
        let id = UUID().uuidString.lowercased()
        if kind == .foreign { return BenchBadge(text: "ms-qrpin:v1|\(name)|\(id)|" + String(repeating: "3763", count: 30)) }
        if kind == .unknown { return BenchBadge(text: "ms-qrpin:v1|\(name)|\(id)|AAECAwQFBgcICQoLDA0ODw") }
        return try await issued(kind, name)
    }

    private func issued(_ kind: Scenario.Badge, _ name: String) async throws -> BenchBadge {
        let client = try await client("admin", admin)
        try await client.send(
            .POST, "/beta/users", body: NewPerson(userPrincipalName: name, displayName: name))
        let day = 86_400.0
        let request =
            switch kind {
            case .expired:
                CodeRequest(
                    startDateTime: Date(timeIntervalSinceNow: -3 * day), expireDateTime: Date(timeIntervalSinceNow: -day))
            case .notYetValid: CodeRequest(startDateTime: Date(timeIntervalSinceNow: day))
            default: CodeRequest()
            }
        let path = ServiceOptions.methodPath(name)
        let method = try await client.send(.PUT, path, body: MethodRequest(standardQRCode: request), as: GraphMethod.self)
        guard let image = method.standardQRCode?.image, let pin = method.pin?.code else { throw LifecycleClientError.unreadable }
        var badge = BenchBadge(text: String(decoding: image.rawContent, as: UTF8.self))
        (badge.pin, badge.newPIN) = (pin, BenchBadge.randomPIN())
        if kind == .valid { try await choosePIN(&badge) }
        if kind == .revoked { try await client.send(.DELETE, path + "/standardQRCode") }
        return badge
    }

    /// Replaces the temporary PIN, as a first sign-in does.
    private func choosePIN(_ badge: inout BenchBadge) async throws {
        guard case .badge(let payload) = BadgeReading.parse(badge.text) else { throw LifecycleClientError.unreadable }
        let calls = SignInCalls(client: try await client("first-sign-ins", firstSignIns))
        let attempt = AttemptID(at: Date(), random: UUID())
        _ = try await calls.start(attempt, payload, at: Moment(wall: Date(), uptime: .zero))
        guard case .mustChangePIN = try await calls.check(attempt, PIN(digits: badge.pin)),
            case .signedIn = try await calls.setNewPIN(attempt, PIN(digits: badge.newPIN))
        else { throw BenchError("the bench's service does not take a first PIN. Are all programs of one version?") }
        badge.pin = badge.newPIN
    }

    private let firstSignIns = ClientKey()

    func admitFirstSignIns() async throws { try await addClient("first-sign-ins", firstSignIns, ["Kiosk.SignIn"]) }

    private func addClient(_ id: String, _ key: ClientKey, _ roles: [String]) async throws {
        let arguments =
            ["client", "add", id, "--public-key=\(key.publicText)"] + roles.flatMap { ["--role", $0] }
            + ["--database", directory + "/lifecycle.sqlite"]
        let result = try await Subprocess.run(
            Companion.executable, arguments: Companion.arguments(programs.lifecycle, arguments), input: .none, output: .discarded,
            error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw BenchError("\(programs.lifecycle) client add failed: \(result.standardError)")
        }
    }

    /// Any that is free at first, and the same one when the service comes back.
    private final class Port: Sendable {
        private let known = Mutex("0")

        var text: String { known.withLock { $0 } }

        func remember(_ url: Substring) {
            if let port = url.split(separator: ":").last { known.withLock { $0 = String(port) } }
        }
    }

    /// The body of `POST /users`.
    private struct NewPerson: Encodable, Sendable {
        let userPrincipalName: String
        let displayName: String
    }
}

/// A badge of the bench, with what its person types. It works at the bench's own service alone, which is gone after the run.
struct BenchBadge: Sendable {
    let text: String
    /// The present PIN, and the one to choose when a new one is asked for.
    var pin = "00000000"
    var newPIN = "00000000"

    init(text: String) { self.text = text }

    /// Eight digits that are not too easy to guess, and not this badge's.
    func wrongPIN() -> String {
        while true {
            let wrong = Self.randomPIN()
            if wrong != pin { return wrong }
        }
    }

    static func randomPIN() -> String {
        while true {
            let digits = String((0..<8).map { _ in "0123456789".randomElement() ?? "0" })
            if let pin = try? PIN(digits: digits), pin.weakness() == nil { return digits }
        }
    }
}
