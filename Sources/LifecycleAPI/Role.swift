/// What a caller may do, in the words of Graph's permissions (Graph contract §8) and two of our own. A client has them as application
/// permissions; the token of a person carries them as the scopes that were delegated to the application.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case qrRead = "UserAuthMethod-QR.Read"
    case qrReadWrite = "UserAuthMethod-QR.ReadWrite"
    case qrReadAll = "UserAuthMethod-QR.Read.All"
    case qrReadWriteAll = "UserAuthMethod-QR.ReadWrite.All"
    case userAuthenticationMethodRead = "UserAuthenticationMethod.Read"
    case userAuthenticationMethodReadWrite = "UserAuthenticationMethod.ReadWrite"
    case userAuthenticationMethodReadAll = "UserAuthenticationMethod.Read.All"
    case userAuthenticationMethodReadWriteAll = "UserAuthenticationMethod.ReadWrite.All"
    case policyReadAuthenticationMethod = "Policy.Read.AuthenticationMethod"
    case policyReadWriteAuthenticationMethod = "Policy.ReadWrite.AuthenticationMethod"
    case policyReadAll = "Policy.Read.All"
    case userReadAll = "User.Read.All"
    case userReadWriteAll = "User.ReadWrite.All"
    case directoryReadAll = "Directory.Read.All"
    case directoryAccessAsUserAll = "Directory.AccessAsUser.All"
    case groupReadAll = "Group.Read.All"
    case groupReadWriteAll = "Group.ReadWrite.All"
    case groupMemberReadAll = "GroupMember.Read.All"
    case groupMemberReadWriteAll = "GroupMember.ReadWrite.All"
    case auditLogReadAll = "AuditLog.Read.All"
    /// Start sign-ins, submit PINs and report events, as the kiosk whose id is the client's.
    case kioskSignIn = "Kiosk.SignIn"
    /// Read `/metrics` from another machine.
    case metricsRead = "Metrics.Read"
    /// See kiosks, their health, their chains of events and the alerts.
    case kioskReadAll = "Kiosk.Read.All"
    /// Also enrol, rename and revoke kiosks, and acknowledge alerts.
    case kioskReadWriteAll = "Kiosk.ReadWrite.All"

    /// Those that a client can be given; the others are only ever delegated.
    public static let application = allCases.filter { !delegatedOnly.contains($0) }

    private static let delegatedOnly: Set<Role> = [
        .qrRead, .qrReadWrite, .userAuthenticationMethodRead, .userAuthenticationMethodReadWrite, .directoryAccessAsUserAll,
    ]
}

/// The embedded issuer of access tokens and assertions.
public enum Issuer {
    /// `iss` of what it issues and `aud` of the client assertions that it accepts (RFC 7523 §3), unless configured otherwise.
    public static let defaultName = "urn:qrpin:lifecycle"
    public static let tokenPath = "/oauth2/v2.0/token"
}
