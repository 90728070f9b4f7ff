import ArgumentParser
import FoundationEssentials
import LifecycleStore

/// `qrpin-lifecycle`: the service that issues, checks and revokes badges.
@main
struct QRPinLifecycle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-lifecycle",
        abstract: "Issues, checks and revokes badges, with the API of Microsoft Graph's QR code + PIN method.",
        subcommands: [Serve.self, UserCommand.self, ClientCommand.self, KeysCommand.self])
}

/// Where the store is.
struct StoreOptions: ParsableArguments {
    @Option(help: "The SQLite file. It is made when it is not there.") var database: String

    func open() async throws -> SQLStore { try await SQLStore(SQLiteDatabase(path: database)) }

    /// The store, of which the next writes leave the record that the operator of this command did this.
    func open(
        recording activity: AuditRecord.Activity, _ target: AuditRecord.Target, _ details: [String: String] = [:]
    ) async throws -> any LifecycleRepository {
        let person = ProcessInfo.processInfo.userName
        return try await open().recording(
            AuditRecord(
                occurred: Date(), activity: activity,
                initiator: AuditRecord.Initiator(.application, id: "qrpin-lifecycle", name: "qrpin-lifecycle (\(person))"),
                target: target, requestID: UUID().uuidString.lowercased(), details: details))
    }
}
