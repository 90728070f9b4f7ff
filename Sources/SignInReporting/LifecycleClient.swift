import AsyncHTTPClient
import Credential
import FoundationEssentials
import JWTKit
public import LifecycleAPI
import NIOCore
import NIOHTTP1

/// Calls the lifecycle service as one client, with an access token that it renews by itself (RFC 7523 §2.2).
public actor LifecycleClient {
    private let base: String
    private let id: String
    private let issuer: String
    private let key: @Sendable () throws -> ClientKey
    private var token: (text: String, until: Date)?

    /// `url` is the service's, such as `https://badges.example.test`.
    public init(url: String, clientID: String, key: ClientKey, issuer: String = Issuer.defaultName) {
        self.init(url: url, clientID: clientID, issuer: issuer) { key }
    }

    /// `key` is asked each time that a token is needed: it may have been changed.
    public init(
        url: String, clientID: String, issuer: String = Issuer.defaultName, key: @escaping @Sendable () throws -> ClientKey
    ) {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        id = clientID
        self.key = key
        self.issuer = issuer
    }

    public var clientID: String { id }

    /// Sends a call and decodes its answer. Throws ``LifecycleClientError``.
    public func send<Answer: Decodable & Sendable>(
        _ method: HTTPVerb, _ path: String, body: (any Encodable & Sendable)? = nil, as type: Answer.Type
    ) async throws -> Answer {
        let data = try await data(method, path, body: body)
        guard let value = try? WireJSON.decode(type, from: data) else { throw LifecycleClientError.unreadable }
        return value
    }

    /// Sends a call whose answer has no body.
    public func send(_ method: HTTPVerb, _ path: String, body: (any Encodable & Sendable)? = nil) async throws {
        _ = try await data(method, path, body: body)
    }

    /// Sends a call that needs no token. Throws ``LifecycleClientError``.
    static func sendWithoutToken<Answer: Decodable & Sendable>(
        url: String, path: String, body: some Encodable & Sendable, as type: Answer.Type
    ) async throws -> Answer {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(body)))
        let data = try accepted(try await perform(request, base))
        guard let value = try? WireJSON.decode(type, from: data) else {
            throw LifecycleClientError.unreadable
        }
        return value
    }

    /// The public keys by which the service signs checkpoints, and signed them before, as it publishes them (RFC 7517).
    public func checkpointKeys() async throws -> String {
        String(decoding: try await data(.GET, "/admin/v1/checkpointKeys", body: nil), as: UTF8.self)
    }

    /// All elements of a list, page after page. Throws ``LifecycleClientError``.
    public func all<Element: Codable & Hashable & Sendable>(_ path: String, of type: Element.Type) async throws -> [Element] {
        var elements: [Element] = []
        var next: String? = path
        while let path = next {
            let page = try await send(.GET, path, as: GraphPage<Element>.self)
            elements += page.value
            // What follows the host: the service may not know the name by which it is called.
            next = page.nextLink.flatMap { link in
                let parts = link.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
                return parts.count == 4 ? "/\(parts[3])" : nil
            }
        }
        return elements
    }

    private func data(_ method: HTTPVerb, _ path: String, body: (any Encodable & Sendable)?) async throws -> Data {
        let answer = try await execute(method, path, body: body, token: accessToken())
        guard answer.status == 401 else { return try Self.accepted(answer) }
        // The service may have been given another signing key since the token was made.
        token = nil
        return try Self.accepted(try await execute(method, path, body: body, token: accessToken()))
    }

    private func accessToken() async throws -> String {
        let now = Date()
        if let token, token.until > now { return token.text }
        let keys = await JWTKeyCollection().add(eddsa: EdDSA.PrivateKey(backing: try key().signing))
        let assertion = try await keys.sign(
            ClientAssertion(
                iss: IssuerClaim(value: id), sub: SubjectClaim(value: id), aud: AudienceClaim(value: [issuer]),
                exp: ExpirationClaim(value: now.addingTimeInterval(300)), jti: IDClaim(value: UUID().uuidString)))
        let form =
            "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            + "&client_assertion=\(assertion)"
        var request = HTTPClientRequest(url: base + Issuer.tokenPath)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: form))
        let answer = try WireJSON.decode(TokenResponse.self, from: Self.accepted(try await Self.perform(request, base)))
        token = (answer.accessToken, now.addingTimeInterval(TimeInterval(answer.expiresIn) * 0.9))
        return answer.accessToken
    }

    private struct ClientAssertion: JWTPayload {
        let iss: IssuerClaim
        let sub: SubjectClaim
        let aud: AudienceClaim
        let exp: ExpirationClaim
        let jti: IDClaim

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// What changed behind a number, within `seconds`. Throws ``LifecycleClientError``.
    public func changes(since number: Int?, wait seconds: Int) async throws -> ChangeAnswer {
        let path = "/kiosk/v1/changes" + (number.map { "?since=\($0)&wait=\(seconds)" } ?? "")
        let tag = number.map { "\"\($0)\"" }
        let timeout = TimeAmount.seconds(Int64(seconds) + 8)
        var answer: (status: Int, data: Data)
        do {
            answer = try await execute(.GET, path, token: accessToken(), tag: tag, timeout: timeout)
            if answer.status == 401 {
                token = nil
                answer = try await execute(.GET, path, token: accessToken(), tag: tag, timeout: timeout)
            }
        } catch LifecycleClientError.refused(401, _, _) { return .notAdmitted }  // No token (RFC 6749 §5.2).
        switch answer.status {
        case 304: return .nothing
        case 410: return .startAgain
        case 401, 403: return .notAdmitted
        default: break
        }
        let data = try Self.accepted(answer)
        guard let feed = try? WireJSON.decode(ChangeFeed.self, from: data) else { throw LifecycleClientError.unreadable }
        return .news(feed)
    }

    /// Whether the service answers within a second, and reaches its store.
    public func isReady() async -> Bool {
        let answer = try? await Self.perform(HTTPClientRequest(url: base + "/readyz"), base, timeout: .seconds(1))
        return answer.map { $0.status < 500 } ?? false
    }

    private func execute(
        _ method: HTTPVerb, _ path: String, body: (any Encodable & Sendable)? = nil, token: String, tag: String? = nil,
        timeout: TimeAmount = .seconds(8)
    ) async throws -> (status: Int, data: Data) {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let tag { request.headers.add(name: "if-none-match", value: tag) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(body)))
        }
        return try await Self.perform(request, base, timeout: timeout)
    }

    /// `timeout` is short, so that a person at the kiosk is told while still standing there.
    private static func perform(
        _ request: HTTPClientRequest, _ base: String, timeout: TimeAmount = .seconds(8)
    ) async throws -> (status: Int, data: Data) {
        do {
            let response = try await ServiceTLS.client.execute(request, timeout: timeout)
            let body = try await response.body.collect(upTo: 4 << 20)
            return (Int(response.status.code), Data(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw LifecycleClientError.unreachable(url: base, detail: "\(error)")
        }
    }

    private static func accepted(_ answer: (status: Int, data: Data)) throws -> Data {
        guard (200..<300).contains(answer.status) else {
            let detail = try? WireJSON.decode(GraphErrorBody.self, from: answer.data).error
            throw LifecycleClientError.refused(
                status: answer.status, code: detail?.code ?? "unknown", message: detail?.message ?? "No reason was given.")
        }
        return answer.data
    }
}

public enum HTTPVerb: String, Sendable { case GET, POST, PUT, PATCH, DELETE }

public enum LifecycleClientError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(url: String, detail: String)
    case refused(status: Int, code: String, message: String)
    case unreadable

    /// Whether the service is as good as gone: not reached, failing, or something else answers in its place.
    public var isOutage: Bool {
        switch self {
        case .unreachable, .unreadable: true
        case .refused(let status, _, _): status >= 500
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let url, let detail):
            "the service at \(url) cannot be reached (\(detail)). Check that it runs, and the URL."
        case .refused(let status, let code, let message): "the service refused with \(status) \(code): \(message)"
        case .unreadable: "the service's answer is not understood. Are both of the same version?"
        }
    }
}
