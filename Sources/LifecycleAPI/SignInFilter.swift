public import FoundationEssentials

/// `$filter` of `GET /auditLogs/signIns`: comparisons joined by `and` (OData 4.01 URL conventions §5.1.1), of the members that Graph
/// lets one filter by and that our events have.
public struct SignInFilter: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable { case eq, ne, gt, ge, lt, le }

    public enum Term: Hashable, Sendable {
        case created(Comparison, Date)
        case userPrincipalName(String)
        case userPrincipalNamePrefix(String)
        case userID(String)
        /// The kiosk's client id.
        case deviceID(String)
        /// `eq` or `ne`.
        case errorCode(Comparison, Int)
    }

    public let terms: [Term]

    /// Throws ``SignInFilterError`` that names the part which is not understood.
    public init(_ text: String) throws(SignInFilterError) {
        var tokens = try Self.tokens(text)[...]
        var terms: [Term] = []
        repeat {
            terms.append(try Self.term(&tokens))
            guard let joint = tokens.popFirst() else { break }
            guard joint.lowercased() == "and" else { throw SignInFilterError(part: joint) }
        } while true
        self.terms = terms
    }

    private static func term(_ tokens: inout ArraySlice<String>) throws(SignInFilterError) -> Term {
        let member = tokens.popFirst() ?? ""
        if member == "startswith" {
            let parts = Array(tokens.prefix(5))
            guard parts.count == 5, parts[0] == "(", parts[1] == "userPrincipalName", parts[2] == ",", parts[4] == ")" else {
                throw SignInFilterError(part: "startswith")
            }
            tokens.removeFirst(5)
            return .userPrincipalNamePrefix(try string(parts[3]))
        }
        let word = tokens.popFirst() ?? ""
        guard let comparison = Comparison(rawValue: word) else { throw SignInFilterError(part: "\(member) \(word)") }
        let value = tokens.popFirst() ?? ""
        switch (member, comparison) {
        case ("createdDateTime", _):
            guard comparison != .ne, let date = WireJSON.date(from: value) else { throw SignInFilterError(part: value) }
            return .created(comparison, date)
        case ("userPrincipalName", .eq): return .userPrincipalName(try string(value))
        case ("userId", .eq): return .userID(try string(value))
        case ("deviceDetail/deviceId", .eq), ("deviceDetail/displayName", .eq): return .deviceID(try string(value))
        case ("status/errorCode", .eq), ("status/errorCode", .ne):
            guard let number = Int(value) else { throw SignInFilterError(part: value) }
            return .errorCode(comparison, number)
        default: throw SignInFilterError(part: "\(member) \(word)")
        }
    }

    private static func string(_ token: String) throws(SignInFilterError) -> String {
        guard token.hasPrefix("'") else { throw SignInFilterError(part: token) }
        return String(token.dropFirst())
    }

    /// Words, parentheses and commas; a string starts with its quotation mark and has lost the one at its end.
    private static func tokens(_ text: String) throws(SignInFilterError) -> [String] {
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
                    guard let scalar = rest.popFirst() else { throw SignInFilterError(part: "'" + String(string)) }
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
public struct SignInFilterError: Error, Hashable, CustomStringConvertible {
    public let part: String

    public var description: String {
        """
        $filter is not understood at "\(part)". Join with and: createdDateTime ge 2026-11-24T00:00:00Z, userPrincipalName eq 'ada@…', \
        startswith(userPrincipalName,'ada'), userId eq '…', deviceDetail/deviceId eq '…', status/errorCode eq 0.
        """
    }
}
