import ArgumentParser
import KioskPage
import KioskRuntime
import Logging
import Verifier

/// The page for the person at the kiosk.
struct PageOptions: ParsableArguments {
    @Option(
        name: .customLong("page"),
        help: "Serves the kiosk page on this port of 127.0.0.1; 0 is any that is free. (default: no page)")
    var port: Int?
    @Option(name: .customLong("page-language"), help: "The page's language, such as de.") var language = "en"
    @Option(
        name: .customLong("page-languages"),
        help: "A directory of further language files, or of others in place of the page's own.")
    var languages: String?

    @Flag(
        inversion: .prefixedNo, help: "Shows on the page what the camera sees while a badge is waited for, small and grey.")
    var preview = false

    @Option(
        help: "A file with the token of the device's application, which takes the assertion of a sign-in from the page's API.")
    var applicationToken: String?

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("--page \(port): choose a port from 0 to 65535.") }
        if preview, port == nil { throw ValidationError("--preview: give --page, too.") }
        if applicationToken != nil, port == nil { throw ValidationError("--application-token: give --page, too.") }
    }

    /// The page's server; nil without `--page`.
    func server(
        _ kiosk: Kiosk, _ feed: StateFeed, _ box: AssertionBox?, _ preview: PreviewFeed?, _ token: PageToken, _ logger: Logger
    ) throws -> PageServer? {
        guard let port else { return nil }
        return PageServer(
            port: port, feed: feed, languages: try Languages(standard: language, directory: languages),
            actions: PageActions(
                cancel: { kiosk.pressed(.cancel) }, signOut: { kiosk.tell(.signOut) }, stay: { kiosk.tell(.sessionUsed) }),
            application: try application(box), preview: preview, token: token, logger: logger,
            onRunning: { logger.info("the kiosk page is at http://127.0.0.1:\($0)/") })
    }

    private func application(_ box: AssertionBox?) throws -> PageServer.Application? {
        guard let applicationToken, let box else { return nil }
        return PageServer.Application(token: try PageToken(path: applicationToken), box: box)
    }
}
