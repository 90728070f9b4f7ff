/// What is wrong in a scenario file, where, and what to write instead.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1; nil when the file as a whole is meant.
    public let line: Int?
    /// Such as `view.tilt`; nil when no key is meant.
    public let key: String?
    public let problem: String

    public var description: String {
        file + (line.map { ":\($0)" } ?? "") + ": " + (key.map { "\($0): " } ?? "") + problem
    }
}
