import ArgumentParser
import LifecycleStore

/// `qrpin-lifecycle`: the service that issues, checks and revokes badges.
@main
struct QRPinLifecycle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-lifecycle",
        abstract: "Issues, checks and revokes badges, with the API of Microsoft Graph's QR code + PIN method.",
        subcommands: [Serve.self, UserCommand.self, ClientCommand.self])
}

/// Where the store is.
struct StoreOptions: ParsableArguments {
    @Option(help: "The SQLite file. It is made when it is not there.") var database: String

    func open() async throws -> SQLStore { try await SQLStore(SQLiteDatabase(path: database)) }
}
