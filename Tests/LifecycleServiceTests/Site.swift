import Credential
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JWTKit
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Logging
import NIOCore
import SecureDynamicMessaging
import Synchronization
import Testing

/// A service on SQLite or PostgreSQL with a temporary directory, one user, an administrator and two kiosks, and a clock that tests move.
final class Site: Sendable {
    struct Reply {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let data: Data

        func decode<T: Decodable>(_ type: T.Type) throws -> T { try WireJSON.decode(type, from: data) }
        var object: [String: Any] { (try? JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:] }
        var errorCode: String? { (object["error"] as? [String: Any])?["code"] as? String }
    }

    let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())").path
    /// Starts at 2026-11-24T12:00:00Z.
    let clock = Clock(Date(timeIntervalSince1970: 1_795_521_600))
    let database: any SQLDatabase
    let store: SQLStore
    let service: LifecycleService
    let outside = OutsideIssuer()
    let clientKey = Curve25519.Signing.PrivateKey()
    private static let places = Places(32)
    private let place: Places.Place

    init() async throws {
        place = await Self.places.take()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        database = try await Self.database(in: directory)
        store = try await SQLStore(database)
        let clock = clock
        service = try await Self.service(store, directory, clock, outside)
        try await store.add(User(userPrincipalName: "ada@example.test", displayName: "Ada"))
        let admin: [Role] = [
            .userReadWriteAll, .userAuthenticationMethodReadWriteAll, .policyReadWriteAuthenticationMethod, .auditLogReadAll,
            .groupReadWriteAll, .kioskReadWriteAll,
        ]
        try await admit("admin", roles: admin.map(\.rawValue))
        for id in ["kiosk-1", "kiosk-2"] { try await admit(id, roles: [Role.kioskSignIn.rawValue]) }
    }

    private static func service(
        _ store: SQLStore, _ directory: String, _ clock: Clock, _ outside: OutsideIssuer, _ exposure: Exposure = Exposure()
    ) async throws -> LifecycleService {
        await LifecycleService(
            store: store, keys: try ServiceKeys(directory: directory + "/state"), trusted: [outside.trusted], exposure: exposure,
            now: { clock.now })
    }

    /// The service as it is after a new start.
    func restarted(_ exposure: Exposure = Exposure()) async throws -> LifecycleService {
        try await Self.service(store, directory, clock, outside, exposure)
    }

    func admit(_ id: String, roles: [String]) async throws {
        try await store.put(Client(id: id, publicKey: [UInt8](clientKey.publicKey.rawRepresentation), roles: roles))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    final class Clock: Sendable {
        private let date: Mutex<Date>
        init(_ date: Date) { self.date = Mutex(date) }
        var now: Date { date.withLock { $0 } }
        func advance(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
    }

    func run(_ service: LifecycleService? = nil, _ body: @Sendable @escaping (Caller) async throws -> Void) async throws {
        // Thousands of requests would hide in the output what failed.
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: (service ?? self.service).router(), logger: logger).test(.router) { client in
            try await body(Caller(site: self, client: client))
        }
    }

    func clientAssertion(_ id: String, audience: String = Issuer.defaultName, key: Curve25519.Signing.PrivateKey? = nil)
        async throws -> String
    {
        let keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key ?? clientKey))
        return try await keys.sign(
            Claims(
                iss: .init(value: id), sub: .init(value: id), aud: .init(value: [audience]),
                exp: .init(value: clock.now.addingTimeInterval(300))))
    }

    struct Claims: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: AudienceClaim
        let exp: ExpirationClaim
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }
}

/// Calls the service as one of the clients, over HTTP requests.
struct Caller: Sendable {
    let site: Site
    let client: any TestClientProtocol

    func request(
        _ method: HTTPRequest.Method, _ path: String, as id: String? = nil, body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Site.Reply {
        var headers = headers
        if let id { headers[.authorization] = "Bearer " + (try await token(id)) }
        return try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) {
            Site.Reply(status: $0.status, headers: $0.headers, data: Data($0.body.readableBytesView))
        }
    }

    func token(_ id: String) async throws -> String {
        let reply = try await tokenReply(site.clientAssertion(id))
        return try reply.decode(TokenResponse.self).accessToken
    }

    func tokenReply(_ assertion: String) async throws -> Site.Reply {
        let type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        return try await request(
            .post, "/oauth2/v2.0/token",
            body: "grant_type=client_credentials&client_assertion_type=\(type)&client_assertion=\(assertion)")
    }

    /// A path with query options.
    static func query(_ path: String, _ items: [(String, String)]) -> String {
        var components = URLComponents()
        components.queryItems = items.map { URLQueryItem(name: $0.0, value: $0.1) }
        return path + "?" + (components.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B")
    }

    /// What follows the host in a link to the next page.
    static func path(of link: String?) -> String? {
        link.flatMap { link in
            link.range(of: #"/(beta|v1\.0|admin)/"#, options: .regularExpression).map { String(link[$0.lowerBound...]) }
        }
    }

    static let methodPath = "/beta/users/ada@example.test/authentication/qrCodePinMethod"

    /// Issues a badge; its start is now and its PIN `09599786` (one that Microsoft prints, so a good one).
    func issue(_ body: String = #"{"standardQRCode": {}, "pin": {"code": "09599786"}}"#) async throws -> (
        badge: BadgePayload, method: GraphMethod
    ) {
        let reply = try await request(.put, Self.methodPath, as: "admin", body: body)
        try #require(reply.status == .created, "\(String(decoding: reply.data, as: UTF8.self))")
        let method = try reply.decode(GraphMethod.self)
        return (try Self.badge(#require(method.standardQRCode?.image)), method)
    }

    static func badge(_ image: GraphImage) throws -> BadgePayload {
        guard case .badge(let badge) = BadgeReading.parse(image.rawContent) else { throw Missing() }
        return badge
    }

    struct Missing: Error {}

    /// Starts a sign-in at a kiosk; `key` is another badge's, for a forged proof.
    func start(_ badge: BadgePayload, at kiosk: String = "kiosk-1", key: BadgeKey? = nil) async throws -> SignInStarted {
        let nonce = try await request(.get, "/kiosk/v1/nonce", as: kiosk).decode(NonceResponse.self).nonce
        let id = AttemptID.make(at: site.clock.now)
        let claim = ProofClaim(
            attemptID: id, kioskID: kiosk, qrCodeID: badge.qrCodeID, nonce: nonce, moment: 1_795_521_600_000)
        let start = SignInStart(
            id: id.description, userPrincipalName: badge.userPrincipalName, qrCodeId: badge.qrCodeID.description, nonce: nonce,
            proofMilliseconds: claim.moment, proof: Base64URL.encode(try (key ?? badge.key).proof(claim)),
            cardMessage: badge.card?.text)
        let body = String(decoding: try WireJSON.encode(start), as: UTF8.self)
        return try await request(.post, "/kiosk/v1/signIns", as: kiosk, body: body).decode(SignInStarted.self)
    }

    func submit(_ pin: String, to id: String, at kiosk: String = "kiosk-1") async throws -> PINVerdict {
        try await request(.post, "/kiosk/v1/signIns/\(id)/pin", as: kiosk, body: #"{"pin": "\#(pin)"}"#).decode(PINVerdict.self)
    }

    func submit(newPIN pin: String, to id: String) async throws -> PINVerdict {
        try await request(.post, "/kiosk/v1/signIns/\(id)/newPin", as: "kiosk-1", body: #"{"newPin": "\#(pin)"}"#)
            .decode(PINVerdict.self)
    }

    /// Start and PIN together.
    func signIn(_ badge: BadgePayload, _ pin: String, at kiosk: String = "kiosk-1") async throws -> ResultCode {
        let started = try await start(badge, at: kiosk)
        guard started.result == .pinRequired else { return started.result }
        return try await submit(pin, to: started.id, at: kiosk).result
    }
}
