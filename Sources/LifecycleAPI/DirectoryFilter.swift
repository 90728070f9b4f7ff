/// `$filter` of `GET /users` and `GET /groups`.
public struct DirectoryFilter: Hashable, Sendable {
    public enum Member: String, Hashable, Sendable, CaseIterable { case id, userPrincipalName, displayName }

    public enum Term: Hashable, Sendable {
        case equals(Member, String)
        case startsWith(Member, String)
        case accountEnabled(Bool)
    }

    public let terms: [Term]

    /// Throws ``ODataFilterError`` that names the part which is not understood.
    public init(users text: String) throws(ODataFilterError) {
        try self.init(
            text, [.id, .userPrincipalName, .displayName],
            "startswith(displayName,'Ada'), userPrincipalName eq 'ada@…', accountEnabled eq true")
    }

    /// Throws ``ODataFilterError`` that names the part which is not understood.
    public init(groups text: String) throws(ODataFilterError) {
        try self.init(text, [.id, .displayName], "displayName eq 'Nurses', startswith(displayName,'N')")
    }

    private init(_ text: String, _ members: Set<Member>, _ examples: String) throws(ODataFilterError) {
        do {
            terms = try ODataFilter(text).terms.map { term throws(ODataFilterError) in
                let member = Member(rawValue: term.member).flatMap { members.contains($0) ? $0 : nil }
                switch (member, term.test) {
                case (let member?, .compares(.eq)): return .equals(member, try term.string())
                case (let member?, .startsWith): return .startsWith(member, try term.string())
                case (nil, .compares(let comparison))
                where term.member == "accountEnabled" && members.contains(.userPrincipalName) && [.eq, .ne].contains(comparison):
                    guard !term.isString, let flag = Bool(term.value) else { throw ODataFilterError(term) }
                    return .accountEnabled(flag == (comparison == .eq))
                default: throw ODataFilterError(term)
                }
            }
        } catch {
            throw ODataFilterError(part: error.part, examples: examples)
        }
    }
}
