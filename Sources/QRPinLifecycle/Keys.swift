public import ArgumentParser
import FoundationEssentials
public import LifecycleService

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Manages the signing keys, the PIN peppers and the keys of cards' keys.",
        subcommands: [Rotate.self])

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new key the first one; start every service of the site again to use it.")

        @Argument(help: "signing, pepper or card.") var purpose: ServiceKeys.Purpose
        @Option(help: "The directory with the keys, as at `serve`.") var stateDirectory: String
        @Option(help: "How many days the signing key that is replaced still verifies; 0 when it is no longer secret.")
        var keepDays = 30

        func validate() throws {
            guard (0...3650).contains(keepDays) else { throw ValidationError("--keep-days is a number from 0 to 3650.") }
        }

        func run() throws {
            let until = Date(timeIntervalSinceNow: Double(keepDays) * 86_400)
            print(try ServiceKeys.rotate(purpose, inDirectory: stateDirectory, keepingOldUntil: until))
        }
    }
}

extension ServiceKeys.Purpose: ExpressibleByArgument {}
