public import FoundationEssentials

/// `$filter` of `GET /auditLogs/directoryAudits`: the members that Graph lets one filter by.
public struct AuditFilter: Hashable, Sendable {
    public enum Term: Hashable, Sendable {
        case activity(ODataFilter.Comparison, Date)
        case equals(Member, String)
        case startsWith(Member, String)
    }

    public enum Member: String, Hashable, Sendable, CaseIterable {
        case id, activityDisplayName, category, correlationId
        case appID = "initiatedBy/app/appId"
        case appName = "initiatedBy/app/displayName"
        case userID = "initiatedBy/user/id"
        case userPrincipalName = "initiatedBy/user/userPrincipalName"
        case targetID = "targetResources/id"
        case targetName = "targetResources/displayName"
        case targetUserPrincipalName = "targetResources/userPrincipalName"
    }

    public let terms: [Term]

    /// Throws ``ODataFilterError`` that names the part which is not understood.
    public init(_ text: String) throws(ODataFilterError) {
        terms = try ODataFilter.terms(
            text,
            examples: """
                activityDateTime ge 2026-11-24T00:00:00Z, activityDisplayName eq 'Create QR code', category eq 'UserManagement', \
                correlationId eq '…', initiatedBy/app/appId eq '…', initiatedBy/user/userPrincipalName eq '…', \
                targetResources/any(t:t/id eq '…')
                """, Self.term)
    }

    private static func term(_ term: ODataFilter.Term) throws(ODataFilterError) -> Term {
        if term.member == "activityDateTime", case .compares(let comparison) = term.test {
            guard comparison != .ne, let date = WireJSON.date(from: term.value) else { throw ODataFilterError(term) }
            return .activity(comparison, date)
        }
        guard let member = Member(rawValue: term.member) else { throw ODataFilterError(term) }
        switch term.test {
        case .compares(.eq): return .equals(member, try term.string())
        case .startsWith: return .startsWith(member, try term.string())
        default: throw ODataFilterError(term)
        }
    }
}
