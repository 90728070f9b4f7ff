import Credential
public import FoundationEssentials
import HTTPTypes
public import Hummingbird
public import LifecycleAPI
public import LifecycleStore
import Logging
import NIOCore
import NIOPosix
public import PrometheusMetrics
import Synchronization

/// The service that issues, checks and revokes badges, as the routes of one router.
public struct LifecycleService: Sendable {
    let store: any LifecycleRepository
    let issuer: TokenIssuer
    let trusted: [TrustedIssuer]
    let pins: PINHasher
    let nonces: NonceMint
    let cards: CardVault
    let changes: ChangeWatch
    let now: @Sendable () -> Date
    let exposure: Exposure
    let metrics: Metrics
    let limiter = RateLimiter()
    private let readiness = Readiness()

    /// `issuer` is the name in `iss`; `trusted` are the issuers beside it; `now` is the clock.
    public init(
        store: any LifecycleRepository, keys: ServiceKeys, issuer: String = Issuer.defaultName, trusted: [TrustedIssuer] = [],
        exposure: Exposure = Exposure(), metrics: Metrics = Metrics(), now: @escaping @Sendable () -> Date = { Date() }
    ) async {
        self.store = store
        self.issuer = await TokenIssuer(name: issuer, signing: keys.signing)
        self.trusted = trusted
        // argon2id fills a core and 19 MiB for each check: as many at once as there are cores, and no more.
        let threads = NIOThreadPool(numberOfThreads: System.coreCount)
        threads.start()
        // 64 checks a core are done in a second or two; a kiosk waits for eight.
        pins = PINHasher(peppers: keys.peppers, threads: threads, places: 64 * System.coreCount)
        nonces = NonceMint(keys: keys.nonces)
        cards = CardVault(keys: keys.cards)
        changes = ChangeWatch(store: store)
        self.now = now
        self.exposure = exposure
        self.metrics = metrics
        for gauge in ProcessUsage.gauges { metrics.add(gauge) }
        metrics.add(
            MetricGauge(name: "qrpin_pin_checks_waiting", help: "PINs that wait for their check or are in it.") { [pins] in
                Double(pins.load)
            })
    }

    public func router() -> Router<CallContext> {
        // Graph's clients disagree about the case of path segments (Graph contract §2).
        let router = Router(context: CallContext.self, options: [.caseInsensitive, .autoGenerateHeadEndpoints])
        router.add(middleware: Entrance(service: self))
        router.add(middleware: ErrorEnvelope())
        let api = API(router, service: self)
        addHealthRoutes(to: api)
        addMetricsRoutes(to: router)
        addTokenRoutes(to: api)
        addMethodRoutes(to: api)
        addUserRoutes(to: api)
        addImportRoutes(to: api)
        addBulkRoutes(to: api)
        addReportRoutes(to: api)
        addCardRoutes(to: api)
        addGroupRoutes(to: api)
        addPolicyRoutes(to: api)
        addOfflinePolicyRoutes(to: api)
        addSignInLogRoutes(to: api)
        addAuditLogRoutes(to: api)
        addKioskRoutes(to: api)
        addSessionRoutes(to: api)
        addAdminPageRoutes(to: router)
        addEnrolmentRoutes(to: api)
        addKioskAdministrationRoutes(to: api)
        api.finish()
        return router
    }

    /// For a supervisor or load balancer: the process answers; it can also reach its store.
    private func addHealthRoutes(to api: API) {
        api.resource("healthz", nil).get(.readHealth) { _, _ in
            try Response.json(["status": "ok", "version": Release.version])
        }
        api.resource("readyz", nil).get(.readReadiness) { _, context in
            guard !readiness.hasEnded else {
                throw GraphError(status: .serviceUnavailable, code: "serviceNotAvailable", message: "The service is ending.")
            }
            do {
                _ = try await store.policy()
            } catch {
                context.logger.error("not ready", metadata: ["error": "\(error)"])
                throw GraphError(
                    status: .serviceUnavailable, code: "serviceNotAvailable", message: "The store cannot be reached. See the log."
                )
            }
            return try Response.json(["status": "ok"])
        }
    }

    /// From now on `/readyz` says no, so that no new work is sent here.
    func endReadiness() { readiness.end() }

    private func addTokenRoutes(to api: API) {
        api.resource(String(Issuer.tokenPath.dropFirst()), nil).post(.grantToken) { request, context in
            try admitAddress(context)
            let body = try await request.body.collect(upTo: Request.largestBody)
            guard let asked = try? URLEncodedFormDecoder().decode(TokenRequest.self, from: String(buffer: body)),
                asked.grantType == "client_credentials", asked.clientAssertionType == TokenRequest.assertionType
            else {
                throw GraphError.badRequest(
                    "invalidRequest", "Ask with grant_type=client_credentials and a client_assertion (RFC 7523 §2.2).")
            }
            guard let token = try await issuer.grant(asked.clientAssertion, from: store, at: now()) else {
                throw GraphError(
                    status: .unauthorized, code: "invalidClient",
                    message: "The client is not known, or its assertion is not valid.")
            }
            return try Response.json(token)
        }
        api.resource(".well-known/jwks.json", nil).get(.readKeys) { _, _ in try Response.json(issuer.jwks(at: now())) }
    }
}

/// Whether the service takes new work.
private final class Readiness: Sendable {
    private let ended = Mutex(false)

    var hasEnded: Bool { ended.withLock { $0 } }

    func end() { ended.withLock { $0 = true } }
}

/// The form of a token request (RFC 6749 §4.4.2, RFC 7523 §2.2).
struct TokenRequest: Decodable {
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let grantType: String
    let clientAssertionType: String
    let clientAssertion: String

    enum CodingKeys: String, CodingKey {
        case grantType = "grant_type"
        case clientAssertionType = "client_assertion_type"
        case clientAssertion = "client_assertion"
    }
}

extension Operation {
    static let readHealth = Operation("The process answers.", answers: [200: "health"])
    static let readReadiness = Operation("The service reaches its store.", answers: [200: "health"], refusals: [503])
    static let grantToken = Operation(
        "Grants an access token by client credentials with private_key_jwt (RFC 7523).", body: "tokenRequest",
        bodyType: "application/x-www-form-urlencoded", answers: [200: "token"], refusals: [401])
    static let readKeys = Operation("The keys by which tokens and assertions are verified (RFC 7517).", answers: [200: "keys"])
}
