import Credential
import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// People at the admin page. There are no passwords: a client's key gets a one-time link, and the link a session in a cookie.
extension LifecycleService {
    static let linkLifetime: TimeInterval = 60
    /// A shift.
    static let sessionLifetime: TimeInterval = 12 * 3600
    static let idleLifetime: TimeInterval = 30 * 60
    /// The use of a session is written down no more often than this.
    static let idleGrain: TimeInterval = 60

    func addSessionRoutes(to api: API) {
        api.resource("admin/v1/session-links", .sessionLinks).post(.makeSessionLink) { request, context in
            // By a token of the embedded issuer alone: a session could outlive itself, and another issuer's client may have this one's name.
            guard let header = request.headers[.authorization],
                (try? await issuer.verify(String(header.dropFirst("bearer ".count)), at: now())) != nil
            else { throw GraphError.unauthenticated }
            guard try await store.client(context.caller) != nil else { throw GraphError.accessDenied(Access.adminRoles) }
            let (code, expire) = (SessionSecret.random(), now().addingTimeInterval(Self.linkLifetime))
            try await store.addSessionLink(code.hash, forClient: context.caller, until: expire, at: now())
            let link = SessionLink(url: "\(request.address)/admin#code=\(code.text)", expireDateTime: expire)
            return try Response.json(link, status: .created)
        }
        let routes = api.resource("admin/v1/session", nil)
        routes.post(.openSession) { request, context in try await openSession(request, context) }
        routes.get(.readSession) { request, _ in
            guard let (secret, session) = try await session(of: request) else { throw GraphError.unauthenticated }
            return try Response.json(session.answer(secret))
        }
        routes.delete(.endSession) { request, context in
            guard let (secret, session) = try await session(of: request) else { throw GraphError.unauthenticated }
            try secret.requireOwnPage(request)
            try await recording(.endSession, of: session.client, context).endSession(secret.hash)
            var response = Response(status: .noContent)
            response.setCookie(Self.cookie("", in: request, seconds: 0))
            return response
        }
        api.resource("admin/v1/resultCodes", nil).get(.listResultCodes) { _, _ in
            try Response.json(["value": ResultCode.allCases.map(ResultCodeEntry.init)])
        }
    }

    private func openSession(_ request: Request, _ context: CallContext) async throws -> Response {
        try request.requireOwnOrigin()
        let secret = SessionSecret.random()
        let expire = now().addingTimeInterval(Self.sessionLifetime)
        guard let code = try await SessionSecret(request.json(SessionRequest.self).code),
            let client = try await store.client(ofSessionLink: code.hash, at: now()),
            try await recording(.openSession, of: client, context)
                .openSession(secret.hash, byLink: code.hash, until: expire, at: now()),
            let session = try await store.session(secret.hash, at: now())
        else {
            try admitAddress(context)
            throw GraphError(
                status: .unauthorized, code: "invalidLink",
                message: "The link works once, within a minute of its making. Get another one with qrpin admin.")
        }
        var response = try Response.json(session.answer(secret), status: .created)
        response.setCookie(Self.cookie(secret.text, in: request, seconds: Int(Self.sessionLifetime)))
        return response
    }

    /// A client's own act, before or without ``Requires``.
    private func recording(_ activity: AuditRecord.Activity, of client: Client, _ context: CallContext) -> any LifecycleRepository
    {
        var context = context
        context.caller = client.id
        return recording(activity, AuditRecord.Target(.application, id: client.id, name: client.id), by: context)
    }

    /// The session whose cookie comes with a request. It is then in use.
    func session(of request: Request) async throws -> (SessionSecret, Session)? {
        let now = now()
        guard let cookie = request.cookies[Self.cookieName(request)], let secret = SessionSecret(cookie.value),
            let session = try await store.session(secret.hash, at: now),
            now < session.lastUsed.addingTimeInterval(Self.idleLifetime)
        else { return nil }
        if session.lastUsed.addingTimeInterval(Self.idleGrain) < now { try await store.markSessionUsed(secret.hash, at: now) }
        return (secret, session)
    }

    /// The prefix makes browsers refuse it from anywhere but this host over TLS (RFC 6265bis §4.1.3.2).
    private static func cookieName(_ request: Request) -> String { request.isSecure ? "__Host-qrpin-admin" : "qrpin-admin" }

    private static func cookie(_ value: String, in request: Request, seconds: Int) -> Cookie {
        Cookie(
            name: cookieName(request), value: value, maxAge: seconds, path: "/", secure: request.isSecure, httpOnly: true,
            sameSite: .strict)
    }
}

/// The code of a link or the token of a session: 32 random bytes, of which the store has the hash.
struct SessionSecret {
    private let bytes: [UInt8]

    static func random() -> SessionSecret {
        SessionSecret(bytes: unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) })
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    var text: String { Base64URL.encode(bytes) }
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    private static let csrfLabel = Data("qrpin admin csrf v1".utf8)

    /// Made from the cookie, which no script and no other site can read.
    var csrfToken: String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Self.csrfLabel, using: SymmetricKey(data: bytes)))
    }

    /// Refuses a call that changes something and that another site's page might have made.
    func requireOwnPage(_ request: Request) throws {
        try request.requireOwnOrigin()
        guard let token = request.headers[.csrfToken].flatMap({ Base64URL.decode($0) }),
            HMAC<SHA256>.isValidAuthenticationCode(token, authenticating: Self.csrfLabel, using: SymmetricKey(data: bytes))
        else {
            throw GraphError(
                status: .forbidden, code: "csrfTokenInvalid",
                message: "The header x-csrf-token is missing or old. Reload the page.")
        }
    }
}

extension Session {
    /// A page signs nobody in at a kiosk.
    var roles: [String] { client.roles.filter { $0 != Role.kioskSignIn.rawValue } }

    func answer(_ secret: SessionSecret) -> AdminSession {
        AdminSession(clientId: client.id, roles: roles, csrfToken: secret.csrfToken, expireDateTime: expire)
    }
}

extension Request {
    var isSecure: Bool { address.hasPrefix("https:") }

    /// Browsers name the page's origin in every call that is not a GET (Fetch §3.1).
    func requireOwnOrigin() throws {
        guard headers[.origin] == address else {
            throw GraphError(
                status: .forbidden, code: "originRefused",
                message:
                    """
                    This call is for the page at \(address)/admin. With a proxy in between, start the service with --behind-proxy, \
                    and have the proxy keep Host and set x-forwarded-proto.
                    """
            )
        }
    }
}

extension HTTPField.Name {
    static let csrfToken = Self("x-csrf-token")!  // A literal that is a token (RFC 9110 §5.6.2).
}

extension Operation {
    static let makeSessionLink = Operation("Makes a link that opens the admin page, once.", answers: [201: "sessionLink"])
    static let openSession = Operation(
        "Opens a session of the admin page with a link's code; its cookie is the secret.", body: "sessionRequest",
        answers: [201: "session"], refusals: [401, 403])
    static let readSession = Operation("Who is at the admin page.", answers: [200: "session"], refusals: [401])
    static let endSession = Operation("Ends the session.", answers: [204: nil], refusals: [401, 403])
    static let listResultCodes = Operation("How sign-ins end, in words.", answers: [200: "resultCodes"])
}
