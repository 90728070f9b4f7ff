import AsyncHTTPClient
public import FoundationEssentials
import LifecycleAPI
import NIOCore
import NIOHTTP1

/// What anyone learns of a service that answers.
public struct ServiceProbe: Hashable, Sendable {
    /// Nil when it does not say.
    public let version: String?
    /// Its clock, to the second (RFC 9110 §6.6.1); nil when it does not say.
    public let date: Date?

    /// Asks the service at this URL. Throws ``LifecycleClientError``, also when its certificate is not believed.
    public init(url: String) async throws {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        do {
            let answer = try await ServiceTLS.client.execute(HTTPClientRequest(url: base + "/healthz"), timeout: .seconds(8))
            let body = Data(try await answer.body.collect(upTo: 1 << 16).readableBytesView)
            guard answer.status == .ok, let health = try? JSONDecoder().decode([String: String].self, from: body),
                health["status"] == "ok"
            else { throw LifecycleClientError.unreadable }
            version = health["version"]
            date = answer.headers.first(name: "date").flatMap(Self.date)
        } catch let error as LifecycleClientError { throw error } catch {
            throw LifecycleClientError.unreachable(url: base, detail: "\(error)")
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    static func date(_ text: String) -> Date? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else { return nil }
        let month2 = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return WireJSON.date(from: "\(words[3])-\(month2)-\(words[1])T\(words[4])Z")
    }
}
