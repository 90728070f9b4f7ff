import Credential
import Crypto
import Foundation
import LifecycleAPI

/// A store in a temporary directory with an administrator and kiosks, which all have one key.
final class Site: Sendable {
    let directory: String
    /// The arguments of `qrpin-lifecycle` that name the store.
    let store: [String]
    private let key = Curve25519.Signing.PrivateKey()

    static func kiosk(_ number: Int) -> String { "kiosk-\(number)" }

    /// `address` is a PostgreSQL server's; without one the store is a SQLite file.
    init(kiosks: Int, postgreSQL address: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-load-\(UUID())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        store = address.map { ["--postgresql", $0] } ?? ["--database", directory + "/lifecycle.sqlite"]
        let roles = ["UserAuthenticationMethod.ReadWrite.All", "User.ReadWrite.All", "AuditLog.Read.All"]
        try add("admin", roles)
        for number in 0..<kiosks { try add(Self.kiosk(number), ["Kiosk.SignIn"]) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func add(_ client: String, _ roles: [String]) throws {
        let publicKey = Base64URL.encode(key.publicKey.rawRepresentation)
        try Service.run(["client", "add", client, "--public-key=\(publicKey)"] + roles.flatMap { ["--role", $0] } + store)
    }

    func start() throws -> Service { try Service(store: store, directory: directory) }

    /// An access token (RFC 7523 §2.2).
    func token(_ client: String, _ connection: HTTPConnection) throws -> String {
        let expiry = Int(Date().timeIntervalSince1970) + 300
        let claims =
            #"{"iss":"\#(client)","sub":"\#(client)","aud":"\#(Issuer.defaultName)","exp":\#(expiry),"jti":"\#(UUID())"}"#
        let signed = [#"{"alg":"EdDSA","typ":"JWT"}"#, claims].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = Base64URL.encode(try key.signature(for: Data(signed.utf8)))
        let type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        let form = "grant_type=client_credentials&client_assertion_type=\(type)&client_assertion=\(signed).\(signature)"
        let answer = try connection.send(
            "POST", Issuer.tokenPath, type: "application/x-www-form-urlencoded", body: Data(form.utf8))
        guard answer.status == 200 else {
            throw Failed("no token for \(client): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return try answer.decode(TokenResponse.self).accessToken
    }
}

/// One client on a connection of its own.
///
/// `@unchecked Sendable`: each is used by one thread at a time.
final class Caller: @unchecked Sendable {
    let connection: HTTPConnection
    let id: String
    let token: String

    init(_ id: String, of site: Site, at service: Service) throws {
        self.id = id
        connection = try HTTPConnection(port: service.port)
        token = try site.token(id, connection)
    }

    /// The service could not do it now, and has not done it: 429 or 503.
    struct Busy: Error {}

    func send(_ method: String, _ path: String, _ body: String = "") throws -> HTTPConnection.Answer {
        let answer = try connection.send(method, path, token: token, body: Data(body.utf8))
        if [429, 503].contains(answer.status) { throw Busy() }
        return answer
    }

    /// The answer as a type; throws when its status is another.
    func send<T: Decodable>(
        _ method: String, _ path: String, _ body: some Encodable, expecting status: Int = 200, as type: T.Type
    ) throws -> T {
        let answer = try send(method, path, String(decoding: WireJSON.encode(body), as: UTF8.self))
        guard answer.status == status else {
            throw Failed("\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return try answer.decode(type)
    }
}

// MARK: What an administrator does

struct Badge: Sendable {
    let payload: BadgePayload
    let pin: String

    static func methodPath(_ user: String) -> String { "/beta/users/\(user)/authentication/qrCodePinMethod" }
}

extension Caller {
    func addUser(_ name: String) throws {
        let body = #"{"userPrincipalName": "\#(name)", "displayName": "Someone", "accountEnabled": true}"#
        guard try send("POST", "/beta/users", body).status == 201 else { throw Failed("\(name) cannot be added") }
    }

    /// A user's first badge, with a PIN that must be changed.
    func issue(_ name: String) throws -> Badge {
        let method = try send(
            "PUT", Badge.methodPath(name), ["standardQRCode": [String: String]()], expecting: 201, as: GraphMethod.self)
        guard let image = method.standardQRCode?.image, let pin = method.pin?.code,
            case .badge(let payload) = BadgeReading.parse(image.rawContent)
        else { throw Failed("no badge came back") }
        return Badge(payload: payload, pin: pin)
    }

    /// All sign-ins of the log that meet a filter.
    func signIns(_ filter: String? = nil) throws -> [GraphSignIn] {
        var path = "/beta/auditLogs/signIns?$top=1000"
        if let filter { path += "&$filter=" + filter.replacing(" ", with: "%20") }
        var found: [GraphSignIn] = []
        while true {
            let answer = try send("GET", path)
            guard answer.status == 200 else { throw Failed("\(path): \(String(decoding: answer.body, as: UTF8.self))") }
            let page = try answer.decode(GraphPage<GraphSignIn>.self)
            found += page.value
            guard let next = page.nextLink, let start = next.range(of: "/beta") else { return found }
            path = String(next[start.lowerBound...])
        }
    }
}

// MARK: What a kiosk does

extension Caller {
    /// Nonce and start, as the protocol has them.
    func startSignIn(_ badge: BadgePayload) throws -> SignInStarted {
        let now = Date()
        let answer = try send("GET", "/kiosk/v1/nonce")
        guard answer.status == 200 else { throw Failed("nonce: \(answer.status)") }
        let nonce = try answer.decode(NonceResponse.self).nonce
        let claim = ProofClaim(
            attemptID: .make(at: now), kioskID: id, qrCodeID: badge.qrCodeID, nonce: nonce,
            moment: Int64(now.timeIntervalSince1970 * 1000))
        let start = SignInStart(
            id: claim.attemptID.description, userPrincipalName: badge.userPrincipalName, qrCodeId: badge.qrCodeID.description,
            nonce: nonce, proofMilliseconds: claim.moment, proof: Base64URL.encode(try badge.key.proof(claim)))
        return try send("POST", "/kiosk/v1/signIns", start, as: SignInStarted.self)
    }

    func submit(_ pin: String, to attempt: String) throws -> PINVerdict {
        try send("POST", "/kiosk/v1/signIns/\(attempt)/pin", PINSubmission(pin: pin), as: PINVerdict.self)
    }

    func submit(newPIN pin: String, to attempt: String) throws -> PINVerdict {
        try send("POST", "/kiosk/v1/signIns/\(attempt)/newPin", NewPINSubmission(newPin: pin), as: PINVerdict.self)
    }
}

/// So many events in a row behind the end of a chain, a second apart.
func eventBatch(_ count: Int, after head: inout ChainHead, at start: Date) -> [SignInEvent] {
    (0..<count).map { _ in
        let number = head.sequence + 1
        let occurred = start.addingTimeInterval(Double(number))
        let event = SignInEvent(
            id: AttemptID.make(at: occurred).description, kioskSequence: number, occurredDateTime: occurred, result: .signedIn,
            userPrincipalName: "user-\(number % 50)@example.test", qrCodeId: UUID().uuidString.lowercased(), clockTrusted: true,
            previousHash: head.hash)
        _ = head.take(event)
        return event
    }
}
