/// A file of settings: a line `key = value` for each, and lines that begin with `#` or are empty.
///
/// A value is the rest of its line as it stands, without the blanks around it: there are no quotes, no escapes, and no comments behind a
/// value. `''` alone stands for no characters. Swift-configuration reads JSON and YAML, whose readers do not say on which line a key stands.
public struct SettingsFile: Hashable, Sendable {
    public private(set) var settings: [Setting] = []
    /// What is wrong with lines, in their order: each names the file, the line and the cure.
    public private(set) var problems: [String] = []

    /// The path is for what is said of the text.
    public init(_ text: String, path: String) {
        // A line may end as on other systems; in Swift CR LF is one character.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingBlanks
            if line.isEmpty || line.hasPrefix("#") { continue }
            let place = "\(path):\(index + 1)"
            guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
                problems.append("\(place): this is no setting: \(line). Write `key = value`, or # before a remark.")
                continue
            }
            let key = String(line[..<equals].trimmingBlanks)
            let value = String(line[line.index(after: equals)...].trimmingBlanks)
            if value.isEmpty {
                problems.append("\(place): \(key) has no value. Give one, '' for the empty one, or take the line out.")
            } else {
                settings.append(Setting(key: key, value: value, place: .file(path: path, line: index + 1)))
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
            return Substring()
        }
        return self[first...last]
    }
}
