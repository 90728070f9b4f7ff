/// A value for an option that did not come from the command line, and where it stands.
public struct Setting: Hashable, Sendable {
    public enum Place: Hashable, Sendable {
        case file(path: String, line: Int)
        /// The variable's name.
        case environment(String)
    }

    /// As in a file: `keypad.baud`.
    public let key: String
    public let value: String
    public let place: Place

    /// Names place, key and value; the sentence says what is wrong and how it gets right.
    func problem(_ sentence: String) -> String {
        switch place {
        case .file(let path, let line): "\(path):\(line): \(key) = \(value): \(sentence)"
        case .environment(let name): "\(name)=\(value): \(sentence)"
        }
    }
}
