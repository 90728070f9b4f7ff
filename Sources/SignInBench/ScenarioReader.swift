import Yams

/// One mapping of a scenario file, read key by key. Keys that nobody asks for are errors, so that a slip of the pen is none.
struct ScenarioReader {
    let file: String
    /// What comes before a key's name in errors, such as `view.`.
    let prefix: String
    private let values: [(name: String, line: Int?, value: Node)]

    init(_ node: Node, file: String, prefix: String = "") throws(ScenarioError) {
        self.file = file
        self.prefix = prefix
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(
                file: file, line: node.mark?.line, key: prefix.isEmpty ? nil : String(prefix.dropLast()),
                problem: "this is no mapping. Write lines of the form `key: value`.")
        }
        var values: [(name: String, line: Int?, value: Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ScenarioError(
                    file: file, line: key.mark?.line, key: nil, problem: "a key must be a word. Write `key: value`.")
            }
            values.append((scalar.string, key.mark?.line, value))
        }
        self.values = values
    }

    /// Throws when there is a key that is none of `keys`.
    func allow(_ keys: [String]) throws(ScenarioError) {
        for (name, _, _) in values where !keys.contains(name) {
            throw error(name, "there is no such key. Known here: \(keys.joined(separator: ", ")).")
        }
    }

    func text(_ key: String) throws(ScenarioError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value else { throw error(key, "this is no single value. Write `\(key): value`.") }
        return scalar.string
    }

    /// The elements of a list; a single value is a list of one.
    func list(_ key: String) throws(ScenarioError) -> [String]? {
        guard case .sequence(let sequence) = value(key) else { return nil }
        var texts: [String] = []
        for element in sequence {
            guard case .scalar(let scalar) = element else { throw error(key, "an element of the list is no single value.") }
            texts.append(scalar.string)
        }
        return texts
    }

    func number(_ key: String, _ range: ClosedRange<Double>, _ unit: String = "") throws(ScenarioError) -> Double? {
        guard let text = try text(key) else { return nil }
        // NaN is in no range.
        guard let number = Double(text), range.contains(number) else {
            throw error(key, "\(text.prefix(40)) is no number from \(range.lowerBound) to \(range.upperBound)\(unit).")
        }
        return number
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ScenarioError) -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw error(key, "\(text.prefix(40)) is no whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String, as: Word.Type) throws(ScenarioError) -> Word? {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "there is no \(text.prefix(40)). Choose one of \(known).")
        }
        return word
    }

    func mapping(_ key: String) throws(ScenarioError) -> ScenarioReader? {
        guard let value = value(key) else { return nil }
        return try ScenarioReader(value, file: file, prefix: "\(prefix)\(key).")
    }

    func error(_ key: String, _ problem: String) -> ScenarioError {
        ScenarioError(file: file, line: values.first { $0.name == key }?.line, key: prefix + key, problem: problem)
    }

    private func value(_ key: String) -> Node? { values.first { $0.name == key }?.value }
}
