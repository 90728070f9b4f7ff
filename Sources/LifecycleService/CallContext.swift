public import Hummingbird
import JWTKit
import LifecycleAPI
import Logging

/// What is known of a request beside its bytes.
public struct CallContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who calls, once ``Requires`` has looked.
    var caller = ""
    /// The `request-id` of the answer.
    var requestID = ""

    public init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// Lets a call through only with an access token that carries one of the roles for it.
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
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer "),
            let token = try? await service.issuer.verify(String(header.dropFirst("bearer ".count)), at: service.now())
        else { throw GraphError.unauthenticated }
        let roles = access.roles(for: request.method)
        guard roles.contains(where: { token.roles.contains($0.rawValue) }) else { throw GraphError.accessDenied(roles) }
        var context = context
        context.caller = token.sub.value
        return try await next(request, context)
    }
}
