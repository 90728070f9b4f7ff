public import ArgumentParser

/// A command's options from its command line, from variables `QRPIN_…`, and from the file of `--config`, in this order: what is said of an
/// option in an earlier place hides what later ones say of it.
///
/// The command must have an option `--config`. Its name in the environment is `QRPIN_CONFIG`.
public struct ConfiguredCommand<Command: ParsableCommand> {
    /// The file; nil when none was named.
    public let path: String?
    private let arguments: [String]
    private let table: OptionTable
    private let named: Set<String>
    /// What counts, in the order in which it stands.
    private var settings: [Setting] = []
    private var problems: [String] = []

    /// `arguments` are those behind the program's name. `read` gives a file's text and throws an error that says the cure.
    public init(arguments: [String], environment: [String: String], read: (String) throws -> String) {
        self.arguments = arguments
        let table = OptionTable(of: Command.self)
        self.table = table
        let words = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { $0.dropFirst(2).prefix { $0 != "=" } }
        named = Set(words.compactMap { word in (table.option(named: word) ?? table.option(named: word.withoutNo))?.key })
        path = Self.path(arguments) ?? environment[Self.pathVariable]
        take(variables: environment)
        if let path {
            do { take(SettingsFile(try read(path), path: path), path) } catch { problems.append("\(error)") }
        }
    }

    private static var pathVariable: String { "QRPIN_CONFIG" }

    private static func path(_ arguments: [String]) -> String? {
        guard let index = arguments.lastIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }) else { return nil }
        if arguments[index] != "--config" { return String(arguments[index].dropFirst("--config=".count)) }
        return index + 1 < arguments.count ? arguments[index + 1] : nil
    }

    private mutating func take(variables: [String: String]) {
        // Others' variables may begin the same; what is nearly one of ours is one that was mistyped.
        let known = table.options.map(\.variable) + [Self.pathVariable]
        for name in variables.keys.sorted() where name.hasPrefix("QRPIN_") && !known.contains(name) {
            guard let nearest = NearestName.of(name.dropFirst(6), among: known.map { String($0.dropFirst(6)) }) else { continue }
            problems.append("\(name): there is no such variable. Is QRPIN_\(nearest) meant?")
        }
        for option in table.options where !named.contains(option.key) {
            guard let value = variables[option.variable] else { continue }
            let setting = Setting(key: option.key, value: value, place: .environment(option.variable))
            value.isEmpty ? problems.append(setting.problem("give a value, or unset it.")) : settings.append(setting)
        }
    }

    private mutating func take(_ file: SettingsFile, _ path: String) {
        problems += file.problems
        let hidden = named.union(settings.map(\.key))
        var lines: [String: Int] = [:]
        for setting in file.settings {
            guard let option = table.option(key: setting.key) else {
                problems.append(setting.problem(Self.unknown(setting.key, table)))
                continue
            }
            if let first = lines[setting.key], !option.isRepeating {
                problems.append(setting.problem("it is set in line \(first), too. Take one of them out."))
                continue
            }
            if case .file(_, let line) = setting.place { lines[setting.key] = line }
            if !hidden.contains(setting.key) { settings.append(setting) }
        }
    }

    private static func unknown(_ key: String, _ table: OptionTable) -> String {
        let nearest = NearestName.of(key, among: table.options.map(\.key))
        return "there is no such key."
            + (nearest.map { " Is \($0) meant?" } ?? " The manual lists the keys, and --help the options.")
    }

    /// The command. Throws ``SettingsError`` with all that is wrong, or what the command throws to show its help.
    public func parse() throws -> Command {
        var (problems, dropped): ([String], Set<String>) = (problems, [])
        while true {
            do {
                let command = try Command.parse(commandLine(without: dropped, &problems))
                if problems.isEmpty { return command }
                throw SettingsError(problems: problems)
            } catch let error as SettingsError { throw error } catch {
                if Command.exitCode(for: error) == .success { throw error }
                guard let culprit = culprit(Command.message(for: error), without: dropped) else {
                    throw SettingsError(problems: problems + explained(error))
                }
                problems.append(explanation(Command.message(for: error), of: culprit))
                dropped.insert(culprit.key)
            }
        }
    }

    /// A sentence about a value, `--option VALUE: …`, with the place from which the value came.
    public func explanation(of problem: String) -> String {
        culprit(problem, without: []).map { explanation(problem, of: $0) } ?? problem
    }
}

extension ConfiguredCommand {
    /// The settings as options, in front of what was typed. Flags that are no truth value are problems, once.
    private func commandLine(without dropped: Set<String>, _ problems: inout [String]) -> [String] {
        var words: [String] = []
        for setting in settings where !dropped.contains(setting.key) {
            guard let option = table.option(key: setting.key) else { continue }
            if !option.isFlag {
                // No value stands in a word of its own; any other may begin as an option does.
                words += setting.value == "''" ? ["--\(option.names[0])", ""] : ["--\(option.names[0])=\(setting.value)"]
            } else if setting.value == "true" {
                words.append("--\(option.names[0])")
            } else if setting.value != "false" {
                let problem = setting.problem("give true or false.")
                if !problems.contains(problem) { problems.append(problem) }
            }
        }
        return words + arguments
    }

    /// The setting of which the text speaks first, by its option's name.
    private func culprit(_ text: String, without dropped: Set<String>) -> Setting? {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.filter { $0.hasPrefix("--") }
        for key in words.compactMap({ table.option(named: $0.dropFirst(2))?.key }) where !dropped.contains(key) {
            // Of a key that may be repeated, the line whose value the text has.
            let all = settings.filter { $0.key == key }
            if let setting = all.first(where: { text.contains($0.value) }) ?? all.first { return setting }
        }
        return nil
    }

    private func explanation(_ text: String, of setting: Setting) -> String {
        guard let option = table.option(key: setting.key) else { return text }
        if text.hasPrefix("The value '") { return setting.problem("this is no value for it. \(option.help)") }
        for name in option.names {
            let start = "--\(name) \(setting.value): "
            if text.hasPrefix(start) { return setting.problem(String(text.dropFirst(start.count))) }
        }
        return setting.problem(text)
    }

    /// An error of which no setting is the cause. What is missing because it was dropped, was told.
    private func explained(_ error: any Error) -> [String] {
        let text = Command.message(for: error)
        guard text.hasPrefix("Missing expected argument") else { return [text] }
        let given = named.union(settings.map(\.key))
        return table.options.filter { $0.isRequired && !given.contains($0.key) }.map { option in
            let line = path.map { "write `\(option.key) = …` into \($0), or " } ?? ""
            return "\(option.key) is missing: \(line)give --\(option.names[0]). \(option.help)"
        }
    }
}

extension Substring {
    fileprivate var withoutNo: Substring { hasPrefix("no-") ? dropFirst(3) : self }
}

/// What is wrong with options: a sentence for each.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [String]

    public init(problems: [String]) { self.problems = problems }

    public var description: String { problems.joined(separator: "\n") }
}
