import HTTPTypes
import LifecycleAPI

/// Which application permissions let a call through (Graph contract §8, Microsoft's permissions registry); one of them is enough.
struct Access {
    /// The least-privileged one comes first.
    let reading: [Role]
    let changing: [Role]

    static let method = Access(
        reading: [
            .qrReadAll, .userAuthenticationMethodReadAll, .userAuthenticationMethodReadWriteAll, .qrReadWriteAll,
        ],
        changing: [.userAuthenticationMethodReadWriteAll, .qrReadWriteAll])
    static let methods = Access(
        reading: [.userAuthenticationMethodReadAll, .userAuthenticationMethodReadWriteAll], changing: [])
    static let policy = Access(
        reading: [.policyReadAuthenticationMethod, .policyReadWriteAuthenticationMethod, .policyReadAll],
        changing: [.policyReadWriteAuthenticationMethod])
    static let users = Access(
        reading: [.userReadAll, .userReadWriteAll, .directoryReadAll], changing: [.userReadWriteAll])
    static let groups = Access(
        reading: [.groupReadAll, .groupReadWriteAll, .directoryReadAll], changing: [.groupReadWriteAll])
    static let groupMembers = Access(
        reading: [.groupMemberReadAll, .groupMemberReadWriteAll, .groupReadAll, .groupReadWriteAll, .directoryReadAll],
        changing: [.groupMemberReadWriteAll, .groupReadWriteAll])
    static let auditLogs = Access(reading: [.auditLogReadAll], changing: [])
    /// A client that may do anything but sign people in and read metrics may do it on the admin page.
    static let sessionLinks = Access(reading: adminRoles, changing: adminRoles)
    static let adminRoles = Role.allCases.filter { ![.kioskSignIn, .metricsRead].contains($0) }
    static let metrics = Access(reading: [.metricsRead], changing: [])
    static let kiosk = Access(reading: [.kioskSignIn], changing: [.kioskSignIn])

    /// A call that nothing could change is answered to whoever may read, with 405.
    func roles(for method: HTTPRequest.Method) -> [Role] { method == .get || changing.isEmpty ? reading : changing }
}
