import ArgumentParser
import LifecycleAPI
import SignInReporting

/// `qrpin admin`: the way to the service's admin page.
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a link that opens the service's admin page.",
        discussion: "The link works once, within a minute. The page may then do what the client may, until it is signed out.")

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        let link = try await service.client().send(.POST, "/admin/v1/session-links", as: SessionLink.self)
        print(link.url)
    }
}
