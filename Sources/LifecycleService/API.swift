import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The router, with a description of each operation: what is registered here is in the document at ``documentPath``.
///
/// To add an operation, register it on a ``Resource`` and describe it beside the others of its kind:
///
///     api.resource("admin/v1/things/{id}", .things).get(.readThing) { request, context in … }
///
///     extension Operation {
///         static let readThing = Operation("Reads a thing.", answers: [200: "thing"])
///     }
///
/// `thing` is one of ``Schema/components``. The token's check, 405 for other methods, and the usual refusals in the document come by
/// themselves. A test holds that the router and the document name the same operations.
final class API {
    static let documentPath = "openapi.json"

    struct Entry {
        let method: HTTPRequest.Method
        let path: String
        let access: Access?
        let operation: Operation
    }

    let router: Router<CallContext>
    let service: LifecycleService
    fileprivate(set) var entries: [Entry] = []

    init(_ router: Router<CallContext>, service: LifecycleService) {
        self.router = router
        self.service = service
    }

    /// `access` is nil for what needs no token.
    func resource(_ path: String, _ access: Access?) -> Resource { Resource(api: self, path: path, access: access) }

    /// Once every operation is there: serves the document, and answers 405 to the methods that a resource does not have
    /// (RFC 9110 §15.5.6). HEAD goes with GET.
    func finish() {
        entries.append(Entry(method: .get, path: Self.documentPath, access: nil, operation: .readDocument))
        let document = OpenAPI.document(entries)
        router.get(RouterPath(Self.documentPath)) { _, _ in try Response.json(document) }
        for (path, entries) in Dictionary(grouping: entries, by: \.path) {
            var allowed = entries.map(\.method)
            if allowed.contains(.get) { allowed.append(.head) }
            let list = Self.methods.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw GraphError(
                        status: .methodNotAllowed, code: "notSupported", message: "This resource has \(list).",
                        headers: [.allow: list])
                }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] =
        [.get, .head, .put, .post, .patch, .delete, .options, .trace] + [HTTPRequest.Method("QUERY")].compactMap(\.self)
}

/// A path, and who may use it.
struct Resource {
    fileprivate let api: API
    fileprivate let path: String
    fileprivate let access: Access?
    fileprivate var middlewares: [any MiddlewareProtocol<Request, Response, CallContext>] = []

    typealias Handler = @Sendable (Request, CallContext) async throws -> Response

    /// What lies below it, for the same callers unless others are named.
    func resource(_ path: String, _ access: Access? = nil) -> Resource {
        Resource(api: api, path: "\(self.path)/\(path)", access: access ?? self.access, middlewares: middlewares)
    }

    /// The same, where calls also pass `middleware` once their caller is known.
    func behind(_ middleware: some MiddlewareProtocol<Request, Response, CallContext>) -> Resource {
        Resource(api: api, path: path, access: access, middlewares: middlewares + [middleware])
    }

    func get(_ operation: Operation, use handler: @escaping Handler) { on(.get, operation, handler) }
    func put(_ operation: Operation, use handler: @escaping Handler) { on(.put, operation, handler) }
    func post(_ operation: Operation, use handler: @escaping Handler) { on(.post, operation, handler) }
    func patch(_ operation: Operation, use handler: @escaping Handler) { on(.patch, operation, handler) }
    func delete(_ operation: Operation, use handler: @escaping Handler) { on(.delete, operation, handler) }

    private func on(_ method: HTTPRequest.Method, _ operation: Operation, _ handler: @escaping Handler) {
        var handler = handler
        for middleware in middlewares.reversed() {
            let inner = handler
            handler = { request, context in try await middleware.handle(request, context: context, next: inner) }
        }
        api.entries.append(API.Entry(method: method, path: path, access: access, operation: operation))
        let (service, access, whole) = (api.service, access, handler)
        api.router.on(RouterPath(path), method: method) { request, context in
            guard let access else { return try await whole(request, context) }
            return try await whole(request, service.admit(request, context, access))
        }
    }
}
