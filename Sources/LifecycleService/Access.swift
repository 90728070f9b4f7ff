import HTTPTypes
import LifecycleAPI
import LifecycleStore

/// Which permissions let a call through (Graph contract §8, Microsoft's permissions registry); one of them is enough.
///
/// What is not named here is closed: without `delegated…` no person's token opens the call, and without `readers` or `writers` a
/// person reaches nothing but what is their own.
struct Access: Sendable {
    /// Of applications. The least-privileged one comes first.
    let reading: [Role]
    let changing: [Role]
    /// Of applications that act for a person.
    var delegatedReading: [Role] = []
    var delegatedChanging: [Role] = []
    /// Which directory roles the person needs for what is not their own; nil: none.
    var readers: [DirectoryRole]? = []
    var writers: [DirectoryRole]? = []
    /// What lies below a person is their own: they need no directory role for it.
    var isPersonal = false

    static let method = Access(
        reading: [
            .qrReadAll, .userAuthenticationMethodReadAll, .userAuthenticationMethodReadWriteAll, .qrReadWriteAll,
        ],
        changing: [.userAuthenticationMethodReadWriteAll, .qrReadWriteAll],
        delegatedReading: [
            .qrRead, .userAuthenticationMethodRead, .userAuthenticationMethodReadAll, .userAuthenticationMethodReadWrite,
            .userAuthenticationMethodReadWriteAll, .qrReadAll, .qrReadWrite, .qrReadWriteAll,
        ],
        delegatedChanging: [
            .qrReadWrite, .userAuthenticationMethodReadWrite, .userAuthenticationMethodReadWriteAll, .qrReadWriteAll,
        ],
        readers: DirectoryRole.authenticationAdministrators + [.globalReader],
        writers: DirectoryRole.authenticationAdministrators, isPersonal: true)
    /// Who holds a badge may see its card and not change it: a copy of the badge would free itself of the card.
    static let card = Access(
        reading: method.reading, changing: method.changing, delegatedReading: method.delegatedReading,
        delegatedChanging: [.userAuthenticationMethodReadWriteAll, .qrReadWriteAll], readers: method.readers,
        writers: method.writers)
    /// A PIN is changed by whose it is.
    static let updatePIN = Access(
        reading: [], changing: [], delegatedChanging: [.directoryAccessAsUserAll], isPersonal: true)
    static let methods = Access(
        reading: [.userAuthenticationMethodReadAll, .userAuthenticationMethodReadWriteAll], changing: [],
        delegatedReading: [
            .userAuthenticationMethodReadAll, .userAuthenticationMethodRead, .userAuthenticationMethodReadWrite,
            .userAuthenticationMethodReadWriteAll,
        ],
        readers: DirectoryRole.authenticationAdministrators + [.globalReader], isPersonal: true)
    static let policy = Access(
        reading: [.policyReadAuthenticationMethod, .policyReadWriteAuthenticationMethod, .policyReadAll],
        changing: [.policyReadWriteAuthenticationMethod],
        delegatedReading: [.policyReadAuthenticationMethod, .policyReadWriteAuthenticationMethod, .policyReadAll],
        delegatedChanging: [.policyReadWriteAuthenticationMethod],
        readers: [.authenticationPolicyAdministrator, .globalReader], writers: [.authenticationPolicyAdministrator])
    static let users = Access(
        reading: [.userReadAll, .userReadWriteAll, .directoryReadAll], changing: [.userReadWriteAll],
        delegatedReading: [.userReadAll, .userReadWriteAll, .directoryReadAll], delegatedChanging: [.userReadWriteAll],
        readers: nil, writers: [.userAdministrator])
    static let groups = Access(
        reading: [.groupReadAll, .groupReadWriteAll, .directoryReadAll], changing: [.groupReadWriteAll],
        delegatedReading: [.groupReadAll, .groupReadWriteAll, .directoryReadAll], delegatedChanging: [.groupReadWriteAll],
        readers: nil, writers: [.groupsAdministrator, .userAdministrator])
    static let groupMembers = Access(
        reading: [.groupMemberReadAll, .groupMemberReadWriteAll, .groupReadAll, .groupReadWriteAll, .directoryReadAll],
        changing: [.groupMemberReadWriteAll, .groupReadWriteAll],
        delegatedReading: [.groupMemberReadAll, .groupMemberReadWriteAll, .groupReadAll, .groupReadWriteAll, .directoryReadAll],
        delegatedChanging: [.groupMemberReadWriteAll, .groupReadWriteAll],
        readers: nil, writers: [.groupsAdministrator, .userAdministrator])
    static let auditLogs = Access(
        reading: [.auditLogReadAll], changing: [], delegatedReading: [.auditLogReadAll],
        readers: [.reportsReader, .securityReader, .securityAdministrator, .globalReader])
    /// A client that may do anything but sign people in and read metrics may do it on the admin page.
    static let sessionLinks = Access(reading: adminRoles, changing: adminRoles)
    static let adminRoles = Role.application.filter { ![.kioskSignIn, .metricsRead].contains($0) }
    static let metrics = Access(reading: [.metricsRead], changing: [])
    static let kiosks = Access(reading: [.kioskReadAll, .kioskReadWriteAll], changing: [.kioskReadWriteAll])
    static let chain = Access(reading: [.auditLogReadAll, .kioskReadAll, .kioskReadWriteAll], changing: [])
    static let kiosk = Access(reading: [.kioskSignIn], changing: [.kioskSignIn])

    /// Throws a ``GraphError`` with `accessDenied` unless `caller` may do this. `isOwn`: to what belongs to the person.
    func check(_ caller: Caller, _ method: HTTPRequest.Method, isOwn: Bool) throws {
        let isReading = method == .get || method == .head
        switch caller.kind {
        case .application:
            let roles = isReading ? reading : changing
            guard roles.contains(where: { caller.permissions.contains($0.rawValue) }) else {
                throw GraphError.accessDenied(
                    roles.isEmpty
                        ? "No application may do this: call for a person." : "This call needs the role \(Self.list(roles)).")
            }
        case .delegated(let person):
            let scopes = isReading ? delegatedReading : delegatedChanging
            guard scopes.contains(where: { caller.permissions.contains($0.rawValue) }) else {
                throw GraphError.accessDenied(
                    scopes.isEmpty
                        ? "No person may do this: call as an application." : "This call needs the scope \(Self.list(scopes)).")
            }
            if let person, !person.isEnabled {
                throw GraphError.accessDenied("The account \(person.userPrincipalName) is disabled.")
            }
            guard !(isOwn && isPersonal), let roles = isReading ? readers : writers else { return }
            guard !caller.directoryRoles.isDisjoint(with: roles) else {
                let names = roles.map(\.rawValue).joined(separator: " or ")
                throw GraphError.accessDenied(
                    roles.isEmpty ? "A person may do this for themselves alone." : "This call needs the directory role \(names).")
            }
        }
    }

    private static func list(_ roles: [Role]) -> String { roles.map(\.rawValue).joined(separator: " or ") }
}
