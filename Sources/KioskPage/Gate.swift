import HTTPTypes
import Hummingbird
import NIOCore

/// What is known of a request beside its bytes.
struct PageContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The port that the request came to.
    let port: Int?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        port = source.channel.localAddress?.port
    }
}

/// Lets through what this kiosk's own page asks, and what a program asks that is no browser.
///
/// Any web page that is open on the device can send requests to loopback. Three things keep it out:
/// - `Host` must name loopback. A name that was made to point here (DNS rebinding) keeps its own `Host`.
/// - `Origin` and `Sec-Fetch-Site`, which scripts cannot set, must be this origin's own or absent.
/// - The API wants the token in a header, which no form, link or picture can send, and which a script of another origin cannot read:
///   no answer here allows it to (CORS).
struct Gate: RouterMiddleware {
    typealias Context = PageContext

    let token: PageToken
    /// The application's, which alone opens the assertion.
    let applicationToken: PageToken?

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        if let refusal = refusal(of: request.head, port: context.port) {
            response = refusal.response
        } else {
            do { response = try await next(request, context) } catch let error as HTTPError where error.status == .notFound {
                response = PageRefusal(.notFound, "notFound", "There is nothing at this path.").response
            }
        }
        for header in Self.safety where response.headers[header.name] == nil { response.headers.append(header) }
        return response
    }

    func refusal(of head: HTTPRequest, port: Int?) -> PageRefusal? {
        let port = port.map { ":\($0)" } ?? ""
        let own = ["127.0.0.1", "localhost"].map { $0 + port }
        guard let host = head.authority, own.contains(host.lowercased()) else { return .host(own[0]) }
        if let origin = head.headerFields[.origin], origin != "http://\(host)" { return .origin }
        if let site = head.headerFields[.secFetchSite], site != "same-origin", site != "none" { return .origin }
        let path = head.path ?? ""
        guard path == "/api" || path.hasPrefix("/api/") else { return nil }
        let words = (head.headerFields[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return .token }
        if let applicationToken, applicationToken.matches(words[1]) { return nil }
        return token.matches(words[1]) && path != Self.assertionPath ? nil : .token
    }

    static let assertionPath = "/api/v1/assertion"

    private static let safety: HTTPFields = [
        .cacheControl: "no-store",
        .contentSecurityPolicy:
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "no-referrer",
        .crossOriginOpenerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
        .xFrameOptions: "DENY",
    ]
}

/// A request that gets no answer, and why.
struct PageRefusal: Equatable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, headers: HTTPFields = [:]) {
        (self.status, self.code, self.message, self.headers) = (status, code, message, headers)
    }

    /// 421: RFC 9110 §15.5.20.
    static func host(_ own: String) -> PageRefusal {
        PageRefusal(.misdirectedRequest, "wrongHost", "This kiosk answers as http://\(own)/ and by no other name.")
    }

    static let origin = PageRefusal(.forbidden, "wrongOrigin", "Pages of another origin may not use this kiosk.")
    static let token = PageRefusal(
        .unauthorized, "wrongToken", "Send this start's token as `Authorization: Bearer …`. It is in the page at /.",
        headers: [.wwwAuthenticate: "Bearer"])
    static let noAssertion = PageRefusal(.notFound, "noAssertion", "There is no assertion, or it was taken.")
    static let noPreview = PageRefusal(.notFound, "noPreview", "This kiosk shows no preview. Start it with --preview.")
    static let tooManyListeners = PageRefusal(
        .serviceUnavailable, "tooManyListeners", "Too many listen already. Close one of them.", headers: [.retryAfter: "5"])

    var response: Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"error":{"code":"\#(code)","message":"\#(message)"}}"#)))
    }
}

extension HTTPField.Name {
    // Literals that are tokens (RFC 9110 §5.6.2).
    static let secFetchSite = Self("sec-fetch-site")!
    static let referrerPolicy = Self("referrer-policy")!
    static let crossOriginOpenerPolicy = Self("cross-origin-opener-policy")!
    static let crossOriginResourcePolicy = Self("cross-origin-resource-policy")!
    static let xFrameOptions = Self("x-frame-options")!
}
