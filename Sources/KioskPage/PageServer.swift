import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// What a person can do from the page.
public struct PageActions: Sendable {
    /// As the keypad's cancel key.
    public var cancel: @Sendable () -> Void
    /// Ends a session, and no sign-in that is under way.
    public var signOut: @Sendable () -> Void
    /// Keeps a session from ending for want of use.
    public var stay: @Sendable () -> Void

    public init(
        cancel: @escaping @Sendable () -> Void, signOut: @escaping @Sendable () -> Void, stay: @escaping @Sendable () -> Void
    ) {
        (self.cancel, self.signOut, self.stay) = (cancel, signOut, stay)
    }
}

/// The kiosk page and its API, on loopback alone. deploy/guides/kiosk-page.md describes the API.
public struct PageServer: Service {
    /// A listener hears the state at least this often; a page that hears nothing for longer says so.
    static let heartbeat = Duration.seconds(10)

    let port: Int
    let feed: StateFeed
    let languages: Languages
    let actions: PageActions
    let application: Application?
    let preview: PreviewFeed?
    let token: PageToken
    let logger: Logger
    let onRunning: @Sendable (_ port: Int) -> Void

    /// The device's application, which may take the assertion of a sign-in.
    public struct Application: Sendable {
        let token: PageToken
        let box: AssertionBox

        public init(token: PageToken, box: AssertionBox) { (self.token, self.box) = (token, box) }
    }

    /// Port 0 is any that is free; `onRunning` is told which.
    public init(
        port: Int, feed: StateFeed, languages: Languages, actions: PageActions, application: Application? = nil,
        preview: PreviewFeed? = nil, token: PageToken = PageToken(), logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        (self.port, self.feed, self.languages, self.actions) = (port, feed, languages, actions)
        (self.application, self.preview, self.token) = (application, preview, token)
        (self.logger, self.onRunning) = (logger, onRunning)
    }

    public func run() async throws {
        let application = try server()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await application.run() } catch let error as IOError { throw KioskPageError.port(port, error.errnoCode) }
            }
            group.addTask { while (try? await Task.sleep(for: Self.heartbeat)) != nil { beat() } }
            try await group.next()
            group.cancelAll()
        }
    }

    private func beat() {
        feed.beat()
        preview?.beat()
    }

    private func server() throws -> some ApplicationProtocol {
        var http = HTTP1Channel.Configuration(idleTimeout: .seconds(30))
        http.httpDecoder = .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64)
        // That it runs is told by `onRunning`.
        var logger = logger
        logger.logLevel = .warning
        return Hummingbird.Application(
            router: try router(), server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: nil,
                // A browser holds six; beyond it, connections wait to be accepted.
                availableConnectionsDelegate: .maximum(64, logger: logger)),
            onServerRunning: { channel in channel.localAddress?.port.map(onRunning) }, logger: logger)
    }

    private func router() throws -> Router<PageContext> {
        let router = Router(context: PageContext.self)
        router.add(middleware: Gate(token: token, applicationToken: application?.token))
        try addPage(to: router)
        let api = router.group("/api/v1")
        api.get("state") { [feed] _, _ in
            Response.json(Data(try StateEvent.json(feed.snapshot)))
        }
        api.get("events") { [feed] request, _ in
            guard let states = feed.listen() else { return PageRefusal.tooManyListeners.response }
            return StateEvent.stream(states, to: request) { try StateEvent.text($0) }
        }
        api.get("preview") { [preview] request, _ in
            guard let preview else { return PageRefusal.noPreview.response }
            guard let pictures = preview.listen() else { return PageRefusal.tooManyListeners.response }
            return StateEvent.stream(pictures, to: request) { try StateEvent.text($0) }
        }
        for (name, act) in [("cancel", actions.cancel), ("sign-out", actions.signOut), ("stay", actions.stay)] {
            api.post(RouterPath(name)) { _, _ in
                act()
                return Response(status: .noContent)
            }
        }
        api.post("assertion") { [application] _, _ in
            guard let taken = application?.box.take(now: .now) else { return PageRefusal.noAssertion.response }
            return Response.json(try JSONEncoder().encode(["attemptId": taken.attempt, "assertion": taken.text]))
        }
        return router
    }

    /// The page's files. The token stands in the page itself, where scripts of other origins cannot look.
    private func addPage(to router: Router<PageContext>) throws {
        let page = String(decoding: PackageResources.index_html, as: UTF8.self)
            .replacing("{{token}}", with: token.text)
        func script(_ name: String, _ bytes: [UInt8]) -> (String, String, [UInt8]) {
            ("/\(name)", "text/javascript; charset=utf-8", bytes)
        }
        let files = [
            ("/", "text/html; charset=utf-8", Array(page.utf8)),
            ("/style.css", "text/css; charset=utf-8", PackageResources.style_css),
            ("/icon.svg", "image/svg+xml", PackageResources.icon_svg),
            script("elements.js", PackageResources.elements_js),
            script("kiosk.js", PackageResources.kiosk_js),
            script("live.js", PackageResources.live_js),
            script("pin.js", PackageResources.pin_js),
            script("preview.js", PackageResources.preview_js),
            script("sound.js", PackageResources.sound_js),
            ("/languages.json", "application/json", Array(try languages.json())),
        ]
        for (path, mediaType, bytes) in files {
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: mediaType], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        }
    }
}
