public import Hummingbird
import JWTKit
import LifecycleAPI
import Logging

/// What is known of a request beside its bytes.
public struct CallContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who calls, once ``Requires`` has looked.
    var caller = ""

    public init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// Lets a call through only with an access token that carries the role.
struct Requires: RouterMiddleware {
    typealias Context = CallContext

    let role: Role
    let service: LifecycleService

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer "),
            let token = try? await service.issuer.verify(String(header.dropFirst("bearer ".count)), at: service.now())
        else { throw GraphError.unauthenticated }
        guard token.roles.contains(role.rawValue) else { throw GraphError.accessDenied(role) }
        var context = context
        context.caller = token.sub.value
        return try await next(request, context)
    }
}
