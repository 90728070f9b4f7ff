import FoundationEssentials
import HTTPTypes
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
    /// Who calls, once ``LifecycleService/admit(_:_:_:)`` has looked.
    var identity: Caller?
    /// The caller's id.
    var caller: String {
        get { record.caller }
        set { record.caller = newValue }
    }
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
        guard let held = identity?.permissions, needed.contains(where: { held.contains($0.rawValue) }) else {
            throw GraphError.accessDenied(needed)
        }
    }

    /// Whether the path is `/me` of a version, or below it.
    var isMe: Bool { endpointPath?.split(separator: "/").dropFirst().first == "me" }

    /// The id or name in the path; nil where the path has none. Clients send the @ of a userPrincipalName as %40 (official-client §3);
    /// a URL's path is decoded. No name has a NUL, and a database may refuse one.
    var userKey: String? {
        parameters.get("user").map { segment in
            let decoded = URL(string: "/" + segment).map { String($0.path.dropFirst()) } ?? segment
            return decoded.contains("\0") ? segment : decoded
        }
    }
}

/// Lets a call through only with an access token or a session that opens it.
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
        try await next(request, service.admit(request, context, access))
    }
}

extension LifecycleService {
    /// The context with its caller; throws a ``GraphError`` when nobody is known to call, calls too often, or may not do this.
    func admit(_ request: Request, _ context: CallContext, _ access: Access) async throws -> CallContext {
        let caller: Caller
        do {
            caller = try await self.caller(of: request)
        } catch let error as GraphError where error == .unauthenticated {
            try admitAddress(context)
            throw error
        }
        try admit(caller.id, isKiosk: caller.permissions.contains(Role.kioskSignIn.rawValue))
        var isOwn = context.isMe
        if case .delegated(let person?) = caller.kind, let key = context.userKey {
            isOwn = try await store.user(key)?.id == person.id
        }
        try access.check(caller, request.method, isOwn: isOwn)
        var context = context
        context.identity = caller
        context.caller = caller.id
        return context
    }

    /// By an access token, or else by the session of the admin page; throws ``GraphError/unauthenticated`` without either.
    private func caller(of request: Request) async throws -> Caller {
        if let header = request.headers[.authorization] {
            guard header.lowercased().hasPrefix("bearer "),
                let caller = try await caller(token: String(header.dropFirst("bearer ".count)))
            else { throw GraphError.unauthenticated }
            return caller
        }
        guard let (secret, session) = try await session(of: request) else { throw GraphError.unauthenticated }
        if ![.get, .head].contains(request.method) { try secret.requireOwnPage(request) }
        return Caller(id: session.client.id, kind: .application, permissions: Set(session.roles))
    }

    /// Nil when the token is not to be believed.
    private func caller(token: String) async throws -> Caller? {
        let now = now()
        guard let name = trusted.isEmpty ? issuer.name : try? JWTPart.payload(of: token).iss else { return nil }
        if name == issuer.name {
            guard let claims = try? await issuer.verify(token, at: now) else { return nil }
            return Caller(id: claims.sub.value, kind: .application, permissions: Set(claims.roles))
        }
        guard let trusted = trusted.first(where: { $0.name == name }), let claims = try? await trusted.verify(token, at: now)
        else { return nil }
        guard let scopes = claims.scp else {
            // A kiosk is the client of its own name at the embedded issuer; nobody else can vouch for it.
            let roles = Set(claims.roles ?? []).subtracting([Role.kioskSignIn.rawValue])
            return claims.client.map { Caller(id: $0, kind: .application, permissions: roles) }
        }
        guard let name = claims.names.first else { return nil }
        var person: User?
        for name in claims.names where person == nil { person = try await store.user(name) }
        let roles = (claims.wids ?? []) + (claims.directoryRoles ?? [])
        return Caller(
            id: person?.id ?? name, kind: .delegated(person), permissions: Set(scopes.split(separator: " ").map(String.init)),
            directoryRoles: Set(roles.compactMap(DirectoryRole.init(claimed:))))
    }
}
