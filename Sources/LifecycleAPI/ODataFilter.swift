/// A `$filter`: comparisons and `startswith` joined by `and` (OData 4.01 URL conventions §5.1.1).
///
/// Which members may be compared with what is for the list to say that is filtered.
public struct ODataFilter: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable { case eq, ne, gt, ge, lt, le }

    public enum Test: Hashable, Sendable {
        case compares(Comparison)
        case startsWith
    }

    public struct Term: Hashable, Sendable {
        /// Such as `status/errorCode`; `targetResources/any(t:t/id eq 'x')` is of `targetResources/id`.
        public let member: String
        public let test: Test
        /// A string without its quotation marks, or a word such as a number, a date or `true`.
        public let value: String
        public let isString: Bool

        /// The value when it is a string, otherwise an error that names it.
        public func string() throws(ODataFilterError) -> String {
            guard isString else { throw ODataFilterError(part: value) }
            return value
        }
    }

    public let terms: [Term]

    /// Throws ``ODataFilterError`` that names the part which is not understood.
    public init(_ text: String) throws(ODataFilterError) {
        var tokens = try Self.tokens(text)[...]
        var terms: [Term] = []
        repeat {
            terms.append(try Self.term(&tokens))
            guard let joint = tokens.popFirst() else { break }
            guard joint.lowercased() == "and" else { throw ODataFilterError(part: joint) }
        } while true
        self.terms = terms
    }

    /// The terms of a text as a list understands them; `examples` are for the error that names the part which it does not.
    static func terms<Meaning>(
        _ text: String, examples: String, _ meaning: (Term) throws(ODataFilterError) -> Meaning
    ) throws(ODataFilterError) -> [Meaning] {
        do {
            return try ODataFilter(text).terms.map(meaning)
        } catch {
            throw ODataFilterError(part: error.part, examples: examples)
        }
    }

    private static func term(_ tokens: inout ArraySlice<String>) throws(ODataFilterError) -> Term {
        let member = tokens.popFirst() ?? ""
        if member == "startswith" {
            let parts = Array(tokens.prefix(5))
            guard parts.count == 5, parts[0] == "(", parts[2] == ",", parts[4] == ")" else {
                throw ODataFilterError(part: member)
            }
            tokens.removeFirst(5)
            return try term(parts[1], .startsWith, parts[3])
        }
        if member.hasSuffix("/any") { return try anyTerm(of: member.dropLast("/any".count), &tokens) }
        let word = tokens.popFirst() ?? ""
        guard let comparison = Comparison(rawValue: word) else { throw ODataFilterError(part: "\(member) \(word)") }
        return try term(member, .compares(comparison), tokens.popFirst() ?? "")
    }

    /// `(x:x/member eq …)` (OData 4.01 URL conventions §5.1.1.13.1), with or without a space behind the colon.
    private static func anyTerm(
        of collection: Substring, _ tokens: inout ArraySlice<String>
    ) throws(ODataFilterError) -> Term {
        let error = ODataFilterError(part: "\(collection)/any")
        guard tokens.popFirst() == "(", var head = tokens.popFirst() else { throw error }
        if head.hasSuffix(":") { head += tokens.popFirst() ?? "" }
        let parts = head.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("\(parts[0])/") else { throw error }
        tokens = ["\(collection)/\(parts[1].dropFirst(parts[0].count + 1))"] + tokens
        let inner = try term(&tokens)
        guard tokens.popFirst() == ")" else { throw error }
        return inner
    }

    private static func term(_ member: String, _ test: Test, _ value: String) throws(ODataFilterError) -> Term {
        let isString = value.hasPrefix("'")
        guard isString || !["", "(", ")", ","].contains(value) else { throw ODataFilterError(part: "\(member) \(value)") }
        return Term(member: member, test: test, value: isString ? String(value.dropFirst()) : value, isString: isString)
    }

    /// Words, parentheses and commas; a string starts with its quotation mark and has lost the one at its end.
    private static func tokens(_ text: String) throws(ODataFilterError) -> [String] {
        var tokens: [String] = []
        var rest = text.unicodeScalars[...]
        while let next = rest.first {
            switch next {
            case " ": rest.removeFirst()
            case "(", ")", ",": tokens.append(String(Character(rest.removeFirst())))
            case "'":
                rest.removeFirst()
                var string = String.UnicodeScalarView()
                while true {
                    guard let scalar = rest.popFirst() else { throw ODataFilterError(part: "'" + String(string)) }
                    if scalar == "'" {
                        // Two stand for one (OData ABNF, SQUOTE-in-string).
                        guard rest.first == "'" else { break }
                        rest.removeFirst()
                    }
                    string.append(scalar)
                }
                tokens.append("'" + String(string))
            default:
                let word = rest.prefix { !" (),'".unicodeScalars.contains($0) }
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }
}

/// A part of a `$filter` that is not understood.
public struct ODataFilterError: Error, Hashable, CustomStringConvertible {
    public let part: String
    /// What could stand there.
    public let examples: String

    public init(part: String, examples: String = "") {
        self.part = part
        self.examples = examples
    }

    public init(_ term: ODataFilter.Term) { self.init(part: "\(term.member) \(term.value)") }

    public var description: String { "$filter is not understood at \"\(part)\". Join with and: \(examples)." }
}
