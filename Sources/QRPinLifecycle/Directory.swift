import ArgumentParser
import Credential
import LifecycleAPI
import LifecycleStore

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manages the people who can have badges.", subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a person.")

        @Argument(help: "The userPrincipalName, such as ada@example.test.") var userPrincipalName: String
        @Option(help: "The name that people read.") var displayName: String
        @OptionGroup var store: StoreOptions

        func run() async throws {
            // What no badge can carry is refused here, not when the badge is due.
            _ = try BadgePayload(userPrincipalName: userPrincipalName, qrCodeID: .random(), key: .random())
            let user = User(userPrincipalName: userPrincipalName, displayName: displayName)
            try await store.open(recording: .addUser, .user(user)).add(user)
            print("\(user.userPrincipalName) \(user.id)")
        }
    }
}

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Manages the programs that may call the service.", subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a program, or gives it another key or other roles.")

        @Argument(help: "The client id; a kiosk's is its name in the sign-in log.") var id: String
        @Option(help: "The public key that `qrpin keygen` printed.") var publicKey: String
        @Option(help: "A role; repeat it for more: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).") var role: [String]
        @OptionGroup var store: StoreOptions

        func validate() throws {
            for role in role where Role(rawValue: role) == nil {
                throw ValidationError(
                    "--role \(role): choose from \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            guard Base64URL.decode(publicKey)?.count == 32 else {
                throw ValidationError("--public-key: give the 43 characters that `qrpin keygen` printed.")
            }
        }

        func run() async throws {
            let client = Client(id: id, publicKey: Base64URL.decode(publicKey) ?? [], roles: role)
            let target = AuditRecord.Target(.application, id: id, name: id)
            try await store.open(recording: .putClient, target, ["roles": role.joined(separator: " ")]).put(client)
        }
    }
}
