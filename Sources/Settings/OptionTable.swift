import ArgumentParser
import FoundationEssentials

/// The options that a command has, each with its key in a file and its variable in the environment. Nobody lists them: the command does.
///
/// A key is the option's name, with a dot behind the name of another option with which it begins: beside `--camera`, `--camera-format` is
/// `camera.format`. The variable of that is `QRPIN_CAMERA_FORMAT`.
struct OptionTable: Sendable {
    struct Option: Hashable, Sendable {
        /// Without dashes; the first one is for people, and the key is made of it.
        let names: [String]
        var key: String
        let isFlag: Bool
        let isRepeating: Bool
        let isRequired: Bool
        /// What its help says.
        let help: String

        var variable: String {
            "QRPIN_" + String(key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
        }
    }

    /// In the order of the help.
    let options: [Option]

    /// Options by these names belong to one start, and are on the command line alone.
    static let unsettable: Set<String> = ["help", "version", "config", "check", "once"]

    init(of command: (some ParsableArguments).Type) {
        // What `--experimental-dump-help` prints; shells' completions and our manuals are made of it, too.
        let dump = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8))
        let options = (dump?.command.arguments ?? []).compactMap(\.option)
        let names = options.map(\.names[0])
        self.options = options.map { option in
            var option = option
            let parents = names.filter { option.key.hasPrefix($0 + "-") }
            if let parent = parents.max(by: { $0.count < $1.count }) {
                option.key = parent + "." + option.key.dropFirst(parent.count + 1)
            }
            return option
        }
    }

    func option(named name: some StringProtocol) -> Option? { options.first { $0.names.contains(String(name)) } }
    func option(key: String) -> Option? { options.first { $0.key == key } }

    private struct Dump: Decodable {
        struct Command: Decodable { let arguments: [Argument]? }
        struct Name: Decodable { let kind, name: String }
        struct Argument: Decodable {
            let kind: String
            let names: [Name]?
            let isRepeating: Bool
            let isOptional: Bool
            let abstract: String?
            let allValues: [String]?

            var option: Option? {
                let long = (names ?? []).filter { $0.kind == "long" }.map(\.name)
                guard let name = long.first, !unsettable.contains(name) else { return nil }
                let values = allValues.map { " One of \($0.joined(separator: ", "))." } ?? ""
                return Option(
                    names: long, key: name, isFlag: kind == "flag", isRepeating: isRepeating, isRequired: !isOptional,
                    help: (abstract ?? "") + values)
            }
        }
        let command: Command
    }
}
