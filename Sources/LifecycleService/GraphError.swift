import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore
import Logging
import NIOHTTP1

/// A refusal as Graph words it (Graph contract §6).
struct GraphError: Error, Hashable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var headers: HTTPFields = [:]
    var details: [GraphErrorBody.More] = []

    static func badRequest(_ code: String, _ message: String) -> GraphError {
        GraphError(status: .badRequest, code: code, message: message)
    }

    static func notFound(_ what: String) -> GraphError {
        GraphError(status: .notFound, code: "itemNotFound", message: "\(what) was not found.")
    }

    static let unauthenticated = GraphError(
        status: .unauthorized, code: "unauthenticated",
        message: "A valid bearer token is missing. Get one from \(Issuer.tokenPath), or from an issuer that this service trusts.",
        // RFC 6750 §3.
        headers: [.wwwAuthenticate: "Bearer"])

    static func accessDenied(_ roles: [Role]) -> GraphError {
        accessDenied("This call needs the role \(roles.map(\.rawValue).joined(separator: " or ")).")
    }

    static func accessDenied(_ message: String) -> GraphError {
        GraphError(status: .forbidden, code: "accessDenied", message: message)
    }
}

/// Gives every request an id and every failure Graph's envelope.
struct ErrorEnvelope: RouterMiddleware {
    typealias Context = CallContext

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let requestID = UUID().uuidString.lowercased()
        let clientID = request.clientRequestID ?? requestID
        var context = context
        context.requestID = requestID
        context.logger[metadataKey: "request-id"] = "\(requestID)"
        var response: Response
        do {
            guard request.uri.string.utf8.count <= Request.longestTarget else {
                throw GraphError(status: .uriTooLong, code: "invalidRequest", message: "The URL is too long.")
            }
            response = try await next(request, context)
        } catch {
            let refusal = Self.refusal(error)
            if refusal.status.code >= 500 { context.logger.error("request failed", metadata: ["error": "\(error)"]) }
            let body = GraphErrorBody(
                code: refusal.code, message: refusal.message, date: Date(), requestId: requestID, clientRequestId: clientID,
                details: refusal.details)
            response = try Response.json(body, status: refusal.status)
            for field in refusal.headers { response.headers[field.name] = field.value }
        }
        response.headers[.requestID] = requestID
        response.headers[.clientRequestID] = clientID
        return response
    }

    private static func refusal(_ error: any Error) -> GraphError {
        if let error = error as? GraphError { return error }
        if case .unavailable? = error as? StoreError {
            return GraphError(
                status: .serviceUnavailable, code: "serviceNotAvailable", message: "The store cannot be reached. Try again.",
                headers: [.retryAfter: "1"])
        }
        if error is HTTPParserError { return .badRequest("invalidRequest", "The request is no HTTP.") }
        guard let error = error as? any HTTPResponseError else {
            return GraphError(status: .internalServerError, code: "generalException", message: "The service failed.")
        }
        return switch error.status {
        case .notFound: .notFound("The resource")
        case .contentTooLarge: GraphError(status: error.status, code: "invalidRequest", message: "The body is too large.")
        default: GraphError(status: error.status, code: "invalidRequest", message: error.status.reasonPhrase)
        }
    }
}

extension HTTPField.Name {
    static let requestID = Self("request-id")!  // A literal that is a token (RFC 9110 §5.6.2).
    static let forwardedProto = Self("x-forwarded-proto")!  // Likewise.
    static let clientRequestID = Self("client-request-id")!  // Likewise.
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        // no-store: an answer may hold a badge, a PIN or a token.
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(value))))
    }
}

extension Request {
    static let largestBody = 65_536
    static let longestTarget = 8_192

    /// Scheme and host, as the caller sees this service.
    var address: String { "\(headers[.forwardedProto] ?? "http")://\(head.authority ?? "localhost")" }

    /// What the caller calls this request, to find it again; nil when it is not fit for a log or a header: at most 128 visible ASCII
    /// characters are.
    var clientRequestID: String? {
        headers[.clientRequestID].flatMap { id in
            (1...128).contains(id.utf8.count) && id.utf8.allSatisfy((UInt8(0x21)...0x7e).contains) ? id : nil
        }
    }

    /// The body as JSON; throws a ``GraphError`` that names what is wrong with it.
    func json<Value: Decodable>(_ type: Value.Type, upTo limit: Int = largestBody) async throws -> Value {
        try Self.json(type, in: try await bytes(upTo: limit))
    }

    /// The body as JSON; nil when there is none.
    func jsonIfAny<Value: Decodable>(_ type: Value.Type) async throws -> Value? {
        let bytes = try await bytes(upTo: Self.largestBody)
        return bytes.isEmpty ? nil : try Self.json(type, in: bytes)
    }

    private func bytes(upTo limit: Int) async throws -> Data {
        let bytes = Data(try await body.collect(upTo: limit).readableBytesView)
        if !bytes.isEmpty { try requireJSON() }
        return bytes
    }

    /// Throws a ``GraphError`` when the body says that it is something else than JSON.
    func requireJSON() throws {
        let type = (headers[.contentType] ?? "application/json").prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        guard type == "application/json" || type.hasSuffix("+json") else {
            throw GraphError(
                status: .unsupportedMediaType, code: "invalidRequest",
                message: "The body is \(type). Send JSON, with Content-Type: application/json.")
        }
    }

    private static func json<Value: Decodable>(_ type: Value.Type, in bytes: Data) throws -> Value {
        do {
            if let flaw = WireJSON.flaw(in: bytes) {
                throw GraphError.badRequest("invalidRequest", "The body is no JSON. \(flaw)")
            }
            return try WireJSON.decode(type, from: bytes)
        } catch let error as GraphError {
            throw error
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw GraphError.badRequest(
                "invalidRequest", "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)")
        } catch DecodingError.keyNotFound(let key, _) {
            throw GraphError.badRequest("invalidRequest", "The member \(key.stringValue) is missing.")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let member = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw GraphError.badRequest("invalidRequest", "\(member.isEmpty ? "The body" : member) has the wrong type.")
        } catch {
            throw GraphError.badRequest("invalidRequest", "The body is no JSON.")
        }
    }
}
