import LifecycleAPI
import Yams

extension Scenario {
    /// The greatest size of a file, in bytes.
    static let longestFile = 65_536

    /// Reads a scenario file. `file` is its name, for errors.
    public init(yaml: String, file: String) throws(ScenarioError) {
        self.init(file: file, name: "")
        let root = try ScenarioReader(Self.node(yaml, file), file: file)
        try root.allow([
            "name", "about", "badge", "pin", "people", "rounds", "patience", "view", "motion", "camera", "fault", "expect",
        ])
        guard let name = try root.text("name"), !name.isEmpty else {
            throw ScenarioError(file: file, line: nil, key: "name", problem: "a scenario has a name. Write `name: …`.")
        }
        self.name = name
        // Read only to see that it is text: it is for people.
        _ = try root.text("about")
        badge = try root.word("badge", as: Badge.self) ?? badge
        typing = try root.word("pin", as: Typing.self) ?? typing
        people = try root.integer("people", 1...50) ?? people
        rounds = try root.integer("rounds", 1...10_000) ?? rounds
        patience = try root.number("patience", 0.5...300, " seconds") ?? patience
        if let reader = try root.mapping("view") { try view.read(reader) }
        if let reader = try root.mapping("motion") { try view.readMotion(reader) }
        if let reader = try root.mapping("camera") { try camera.read(reader) }
        if let reader = try root.mapping("fault") { fault = try Fault(reader) }
        if let reader = try root.mapping("expect") { try expectation.read(reader) }
    }

    private static func node(_ yaml: String, _ file: String) throws(ScenarioError) -> Node {
        guard yaml.utf8.count <= longestFile else {
            throw ScenarioError(file: file, line: nil, key: nil, problem: "a scenario has at most \(longestFile) bytes.")
        }
        do {
            if let node = try Yams.compose(yaml: yaml) { return node }
        } catch {
            throw ScenarioError(yaml: error, file: file)
        }
        throw ScenarioError(file: file, line: nil, key: nil, problem: "this file is empty. Write at least `name: …`.")
    }
}

extension Scenario.Fault {
    init(_ reader: ScenarioReader) throws(ScenarioError) {
        try reader.allow(["kind", "at", "seconds"])
        guard let kind = try reader.word("kind", as: Kind.self) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw reader.error("kind", "a fault has a kind. Choose one of \(known).")
        }
        moment = try reader.word("at", as: Moment.self) ?? .pin
        seconds = try reader.number("seconds", 0...300) ?? 0
        self.kind = kind
        if kind == .badgeSwapped, moment == .idle {
            throw reader.error("at", "a badge is swapped while its PIN is asked for. Write `at: pin`.")
        }
    }
}

extension Scenario.Expectation {
    mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        try reader.allow(["outcome", "readRate", "readP95", "resultP95", "signInsPerMinute"])
        if let list = try reader.list("outcome") {
            outcomes = .all(list)
        } else if let one = try reader.text("outcome") {
            outcomes = .each(one == "none" ? nil : one)
        }
        try check(reader)
        readRate = try reader.number("readRate", 0...1) ?? (outcomes == .each(nil) ? 0 : 1)
        readP95 = try reader.number("readP95", 0...600_000, " milliseconds")
        resultP95 = try reader.number("resultP95", 0...600_000, " milliseconds")
        signInsPerMinute = try reader.number("signInsPerMinute", 0...6000)
    }

    private func check(_ reader: ScenarioReader) throws(ScenarioError) {
        let named: [String] =
            switch outcomes {
            case .each(let one): one.map { [$0] } ?? []
            case .all(let list): list
            }
        for name in named where ResultCode(rawValue: name) == nil {
            let known = ResultCode.allCases.map(\.rawValue).joined(separator: ", ")
            throw reader.error(
                "outcome",
                "there is no \(name.prefix(40)). Choose one of \(known); none, when the badge is not to be read; or a list.")
        }
    }
}

extension ScenarioError {
    init(yaml error: any Error, file: String) {
        let (line, problem): (Int?, String) =
            switch error as? YamlError {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (mark.line, problem)
            case .duplicatedKeysInMapping(_, let context): (context.mark.line, "a key is there twice")
            default: (nil, "it cannot be read")
            }
        self.init(file: file, line: line, key: nil, problem: "this is no YAML: \(problem). Write lines of the form `key: value`.")
    }
}
