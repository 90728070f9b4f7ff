import ArgumentParser
import FoundationEssentials
import LifecycleService
import LifecycleStore
import LifecycleStorePostgreSQL

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
    @Option(help: "The SQLite file. It is made when it is not there.") var database: String?
    @Option(help: "In its place, a PostgreSQL server, as postgresql://user@host/database without a password.")
    var postgresql: String?
    @Option(help: "In its place, a file that holds such an address, with a password if there is one.") var postgresqlFile: String?

    func validate() throws {
        guard [database, postgresql, postgresqlFile].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("Give one of --database, --postgresql and --postgresql-file.")
        }
        _ = try address
    }

    /// Nil when the store is a SQLite file.
    private var address: PostgreSQLAddress? {
        get throws {
            if let postgresql { return try PostgreSQLAddress(commandLine: postgresql) }
            return try postgresqlFile.map { try PostgreSQLAddress(file: $0) }
        }
    }

    /// `metrics` times its transactions.
    func open(_ metrics: Metrics? = nil) async throws -> SQLStore {
        let database: any SQLDatabase =
            if let address = try address { PostgreSQLDatabase(address) } else { try SQLiteDatabase(path: database ?? "") }
        guard let metrics else { return try await SQLStore(database) }
        return try await SQLStore(TimedDatabase(database) { metrics.observeStore(isWrite: $0, $1) })
    }

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
