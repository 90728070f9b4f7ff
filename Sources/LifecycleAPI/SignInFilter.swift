public import FoundationEssentials

/// `$filter` of `GET /auditLogs/signIns`: of the members that Graph lets one filter by, those that our events have.
public struct SignInFilter: Hashable, Sendable {
    public enum Term: Hashable, Sendable {
        case created(ODataFilter.Comparison, Date)
        case userPrincipalName(String)
        case userPrincipalNamePrefix(String)
        case userID(String)
        /// The kiosk's client id.
        case deviceID(String)
        /// `eq` or `ne`.
        case errorCode(ODataFilter.Comparison, Int)
    }

    public let terms: [Term]

    /// Throws ``ODataFilterError`` that names the part which is not understood.
    public init(_ text: String) throws(ODataFilterError) {
        terms = try ODataFilter.terms(
            text,
            examples: """
                createdDateTime ge 2026-11-24T00:00:00Z, userPrincipalName eq 'ada@…', startswith(userPrincipalName,'ada'), \
                userId eq '…', deviceDetail/deviceId eq '…', status/errorCode eq 0
                """, Self.term)
    }

    private static func term(_ term: ODataFilter.Term) throws(ODataFilterError) -> Term {
        switch (term.member, term.test) {
        case ("createdDateTime", .compares(let comparison)):
            guard comparison != .ne, let date = WireJSON.date(from: term.value) else { throw ODataFilterError(term) }
            return .created(comparison, date)
        case ("userPrincipalName", .compares(.eq)): return .userPrincipalName(try term.string())
        case ("userPrincipalName", .startsWith): return .userPrincipalNamePrefix(try term.string())
        case ("userId", .compares(.eq)): return .userID(try term.string())
        case ("deviceDetail/deviceId", .compares(.eq)), ("deviceDetail/displayName", .compares(.eq)):
            return .deviceID(try term.string())
        case ("status/errorCode", .compares(let comparison)) where [.eq, .ne].contains(comparison):
            guard let number = Int(term.value) else { throw ODataFilterError(term) }
            return .errorCode(comparison, number)
        default: throw ODataFilterError(term)
        }
    }
}
