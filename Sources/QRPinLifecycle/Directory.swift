import ArgumentParser
import Credential
import FoundationEssentials
import LifecycleAPI
import LifecycleStore

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manages the people who can have badges.", subcommands: [Add.self, Import.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a person.")

        @Argument(help: "The userPrincipalName, such as ada@example.test.") var userPrincipalName: String
        @Option(help: "The name that people read.") var displayName: String
        @OptionGroup var store: StoreOptions

        func run() async throws {
            // What no badge can carry is refused here, not when the badge is due.
            if let problem = BadgePayload.problem(withUserPrincipalName: userPrincipalName) { throw ValidationError(problem) }
            let user = User(userPrincipalName: userPrincipalName, displayName: displayName)
            try await store.open(recording: .addUser, .user(user)).add(user)
            print("\(user.userPrincipalName) \(user.id)")
        }
    }
}

extension UserCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds people from a CSV file, or updates those who are there: all of it, or nothing.",
            discussion: """
                The first line names the columns userPrincipalName and displayName and, at will, groups (several with semicolons between \
                them; nobody is taken out of others) and accountEnabled (true or false).
                """)

        @Argument(help: "The file, in UTF-8.") var file: String
        @Flag(help: "Makes groups that are not there.") var createGroups = false
        @OptionGroup var store: StoreOptions

        func run() async throws {
            guard let csv = try? String(contentsOf: URL(filePath: file), encoding: .utf8) else {
                throw ValidationError("\(file) cannot be read as text. Is it there, in UTF-8, and yours to read?")
            }
            do {
                let list = try UserList(csv: csv, problem: BadgePayload.problem(withUserPrincipalName:))
                let target = AuditRecord.Target(.other, id: "users/import", name: file)
                let result = try await store.open(recording: .importUsers, target, ["lines": "\(list.entries.count)"])
                    .take(list.entries, creatingGroups: createGroups, at: Date())
                print(
                    "\(result.total) people: \(result.created) added, \(result.updated) updated, \(result.unchanged) as they were;",
                    "\(result.groupsCreated) groups made")
            } catch let error as UserListError {
                throw ValidationError("\(file): nothing was taken.\n\(error)")
            }
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
        @Option(help: "A role; repeat it for more: \(Role.application.map(\.rawValue).joined(separator: ", ")).") var role:
            [String]
        @OptionGroup var store: StoreOptions

        func validate() throws {
            for role in role where Role(rawValue: role).map(Role.application.contains) != true {
                throw ValidationError(
                    "--role \(role): choose from \(Role.application.map(\.rawValue).joined(separator: ", ")).")
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
