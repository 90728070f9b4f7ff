import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleService
import LifecycleStore
import Testing

@Suite struct SessionTests {
    static let origin = "http://localhost"

    /// What a browser has once a link was opened.
    struct Browser {
        let call: Caller
        let cookie: String
        let session: AdminSession

        func request(
            _ method: HTTPRequest.Method, _ path: String, body: String? = nil, origin: String? = SessionTests.origin,
            token: String?? = .none
        ) async throws -> Site.Reply {
            var headers: HTTPFields = [.cookie: cookie]
            headers[.origin] = origin
            headers[SessionTests.csrf] = token ?? session.csrfToken
            return try await call.request(method, path, body: body, headers: headers)
        }
    }

    static let csrf = HTTPField.Name("x-csrf-token")!  // A literal that is a token.

    static func link(_ call: Caller, as client: String = "admin") async throws -> SessionLink {
        try await call.request(.post, "/admin/v1/session-links", as: client).decode(SessionLink.self)
    }

    static func open(_ link: SessionLink, _ call: Caller, headers: HTTPFields = [.origin: origin]) async throws -> Site.Reply {
        let code = try #require(link.url.split(separator: "#code=").last)
        return try await call.request(.post, "/admin/v1/session", body: ##"{"code": "\##(code)"}"##, headers: headers)
    }

    static func signIn(_ call: Caller, as client: String = "admin") async throws -> Browser {
        let reply = try await open(link(call, as: client), call)
        try #require(reply.status == .created)
        let cookie = try #require(reply.headers[.setCookie]?.split(separator: ";").first)
        return Browser(call: call, cookie: String(cookie), session: try reply.decode(AdminSession.self))
    }

    @Test func `a link opens a session with the client's roles, and a cookie that is closed to scripts and other sites`()
        async throws
    {
        try await Site().run { call in
            let link = try await Self.link(call)
            #expect(link.url.hasPrefix("http://localhost/admin#code="))
            let reply = try await Self.open(link, call)
            let cookie = try #require(reply.headers[.setCookie])
            #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict") && cookie.contains("; Path=/"))
            #expect(!cookie.contains("Secure") && cookie.hasPrefix("qrpin-admin="))
            let session = try reply.decode(AdminSession.self)
            #expect(session.clientId == "admin" && session.roles.contains("User.ReadWrite.All"))
        }
    }

    @Test func `over TLS the cookie is secure and bound to the host`() async throws {
        var exposure = Exposure()
        exposure.isBehindProxy = true
        let site = try await Site()
        try await site.run(site.restarted(exposure)) { call async throws in
            let proxied = HTTPField.Name("x-forwarded-proto")!  // A literal that is a token.
            let headers: HTTPFields = [.origin: "https://localhost", proxied: "https"]
            let reply = try await Self.open(Self.link(call), call, headers: headers)
            let cookie = try #require(reply.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-qrpin-admin=") && cookie.contains("; Secure") && !cookie.contains("Domain"))
        }
    }

    @Test func `a link works once and for a minute`() async throws {
        try await Site().run { call in
            let link = try await Self.link(call)
            #expect(try await Self.open(link, call).status == .created)
            #expect(try await Self.open(link, call).errorCode == "invalidLink")
            let late = try await Self.link(call)
            call.site.clock.advance(60)
            #expect(try await Self.open(late, call).errorCode == "invalidLink")
        }
    }

    @Test func `links come to clients that prove their key, and to no kiosk and no session`() async throws {
        try await Site().run { call in
            let browser = try await Self.signIn(call)
            #expect(try await browser.request(.post, "/admin/v1/session-links").status == .unauthorized)
            let anyone = try await call.request(.post, "/admin/v1/session-links")
            let kiosk = try await call.request(.post, "/admin/v1/session-links", as: "kiosk-1")
            #expect(anyone.status == .unauthorized && kiosk.status == .forbidden)
        }
    }

    @Test func `another issuer's client gets no link, though it has the name of one here`() async throws {
        try await Site().run { call in
            let claims: [String: OutsideIssuer.Claim] = ["azp": .text("admin"), "roles": .list(["AuditLog.Read.All"])]
            let own = try await call.request(.get, "/beta/auditLogs/signIns", claims: claims)
            let link = try await call.request(.post, "/admin/v1/session-links", claims: claims)
            #expect(own.status == .ok && link.status == .unauthorized)
        }
    }

    @Test func `the page reads and changes through the routes that every caller has`() async throws {
        try await Site().run { call in
            let browser = try await Self.signIn(call)
            #expect(try await browser.request(.get, "/beta/users").decode(GraphUsers.self).value.map(\.displayName) == ["Ada"])
            let body = #"{"userPrincipalName": "bo@example.test", "displayName": "Bo"}"#
            #expect(try await browser.request(.post, "/beta/users", body: body).status == .created)
        }
    }

    @Test func `a change without the session's token or from another origin is refused`() async throws {
        try await Site().run { call in
            let browser = try await Self.signIn(call)
            let body = #"{"userPrincipalName": "bo@example.test", "displayName": "Bo"}"#
            let other = try await Self.signIn(call).session.csrfToken
            for token in [nil, "", "AAAA", other] as [String?] {
                let reply = try await browser.request(.post, "/beta/users", body: body, token: .some(token))
                #expect(reply.status == .forbidden && reply.errorCode == "csrfTokenInvalid")
            }
            for origin in [nil, "null", "http://evil.test", "https://localhost", "http://localhost:8080"] {
                let reply = try await browser.request(.post, "/beta/users", body: body, origin: origin)
                #expect(reply.status == .forbidden && reply.errorCode == "originRefused")
            }
            #expect(try await browser.request(.delete, "/admin/v1/session", token: .some(nil)).status == .forbidden)
            #expect(try await Self.open(Self.link(call), call, headers: [.origin: "http://evil.test"]).status == .forbidden)
            #expect(try await call.site.store.users(UserQuery(limit: 9)).count == 1)
        }
    }

    @Test func `a session has what its client may do now, and never signs people in`() async throws {
        try await Site().run { call in
            try await call.site.admit("desk", roles: ["AuditLog.Read.All", "Kiosk.SignIn"])
            let browser = try await Self.signIn(call, as: "desk")
            #expect(browser.session.roles == ["AuditLog.Read.All"])
            #expect(try await browser.request(.get, "/beta/auditLogs/signIns").status == .ok)
            #expect(try await browser.request(.get, "/beta/users").status == .forbidden)
            #expect(try await browser.request(.get, "/kiosk/v1/nonce").status == .forbidden)
            try await call.site.admit("desk", roles: ["User.Read.All"])
            #expect(try await browser.request(.get, "/beta/auditLogs/signIns").status == .forbidden)
            #expect(try await browser.request(.get, "/beta/users").status == .ok)
        }
    }

    @Test func `a session ends when it is signed out, idle for half an hour, or twelve hours old`() async throws {
        try await Site().run { call in
            let gone = try await Self.signIn(call)
            #expect(try await gone.request(.delete, "/admin/v1/session").status == .noContent)
            #expect(try await gone.request(.get, "/beta/users").status == .unauthorized)

            let idle = try await Self.signIn(call)
            let busy = try await Self.signIn(call)
            for minutes in stride(from: 0, to: 12 * 60 - 29, by: 29) {
                #expect(try await busy.request(.get, "/admin/v1/session").status == .ok, "\(minutes)")
                call.site.clock.advance(29 * 60)
                if minutes == 29 { #expect(try await idle.request(.get, "/admin/v1/session").status == .unauthorized) }
            }
            #expect(try await busy.request(.get, "/admin/v1/session").status == .ok)
            call.site.clock.advance(29 * 60)
            #expect(try await busy.request(.get, "/admin/v1/session").status == .unauthorized)
        }
    }

    @Test func `the store has neither the link's code nor the session's token`() async throws {
        let site = try await Site()
        try await site.run { call in
            let link = try await Self.link(call)
            let browser = try await Self.signIn(call)
            for secret in [link.url.split(separator: "#code=").last, browser.cookie.split(separator: "=").last] {
                let text = try #require(secret)
                let bytes = Data(try #require(Base64URL.decode(text)))
                for file in try FileManager.default.contentsOfDirectory(atPath: site.directory) where file.contains("sqlite") {
                    let data = try Data(contentsOf: URL(filePath: site.directory + "/" + file))
                    #expect(data.range(of: Data(text.utf8)) == nil)
                    #expect(data.range(of: bytes) == nil)
                }
            }
        }
    }

    @Test func `who signs in and out at the page is in the audit log`() async throws {
        try await Site().run { call in
            let link = try await Self.link(call)
            _ = try await Self.open(link, call)
            _ = try await Self.open(link, call)
            _ = try await Self.signIn(call).request(.delete, "/admin/v1/session")
            let acts = try await call.site.store.audits(AuditQuery())
            let counts = Dictionary(acts.map { ($0.activity.name, 1) }, uniquingKeysWith: +)
            #expect(counts["Sign in to admin page"] == 2 && counts["Sign out of admin page"] == 1)
            #expect(acts.allSatisfy { $0.activity.category != "Authentication" || $0.initiator.id == "admin" })
        }
    }

    @Test(arguments: ["/admin", "/admin/app.js", "/admin/style.css"])
    func `the page's files are for everyone, ask nobody else for anything, and are framed nowhere`(path: String) async throws {
        try await Site().run { call in
            let reply = try await call.request(.get, path)
            #expect(reply.status == .ok && !reply.data.isEmpty)
            let policy = try #require(reply.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'self';") && policy.contains("frame-ancestors 'none'"))
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            #expect(reply.headers[HTTPField.Name("referrer-policy")!] == "no-referrer")  // A literal that is a token.
        }
    }
}
