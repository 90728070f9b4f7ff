public import Hummingbird
import JWTKit
import LifecycleAPI
import LifecycleStore
import Logging
import NIOCore

/// What is known of a request beside its bytes.
public struct CallContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Shared by all copies of the context, so that the outermost learns what the inner ones found.
    let record = CallRecord()
    let channel: any Channel
    /// Who calls, once ``Requires`` has looked.
    var caller: String {
        get { record.caller }
        set { record.caller = newValue }
    }
    var roles: [String] = []
    /// The `request-id` of the answer.
    var requestID = ""

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

extension CallContext {
    /// Throws a ``GraphError`` when the caller has none of these roles: for calls that need more than their resource does.
    func require(_ needed: [Role]) throws {
        guard needed.contains(where: { roles.contains($0.rawValue) }) else { throw GraphError.accessDenied(needed) }
    }
}

/// Lets a call through only with an access token or a session that carries one of the roles for it.
struct Requires: RouterMiddleware {
    typealias Context = CallContext

    let access: Access
    let service: LifecycleService

    init(_ access: Access, service: LifecycleService) {
        self.access = access
        self.service = service
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let (id, held): (String, [String])
        do {
            (id, held) = try await service.caller(of: request)
        } catch let error as GraphError where error == .unauthenticated {
            try service.admitAddress(context)
            throw error
        }
        try service.admit(id, isKiosk: held.contains(Role.kioskSignIn.rawValue))
        let roles = access.roles(for: request.method)
        guard roles.contains(where: { held.contains($0.rawValue) }) else { throw GraphError.accessDenied(roles) }
        var context = context
        context.caller = id
        context.roles = held
        return try await next(request, context)
    }
}

extension LifecycleService {
    /// Who calls, and with which roles: by an access token, or else by the session of the admin page.
    fileprivate func caller(of request: Request) async throws -> (id: String, roles: [String]) {
        if let header = request.headers[.authorization] {
            guard header.lowercased().hasPrefix("bearer "),
                let token = try? await issuer.verify(String(header.dropFirst("bearer ".count)), at: now())
            else { throw GraphError.unauthenticated }
            return (token.sub.value, token.roles)
        }
        guard let (secret, session) = try await session(of: request) else { throw GraphError.unauthenticated }
        if request.method != .get { try secret.requireOwnPage(request) }
        return (session.client.id, session.roles)
    }
}
