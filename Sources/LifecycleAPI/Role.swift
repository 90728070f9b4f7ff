/// What a client may do, in the words of Graph's application permissions (Graph contract §8) and two of our own.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case qrReadAll = "UserAuthMethod-QR.Read.All"
    case qrReadWriteAll = "UserAuthMethod-QR.ReadWrite.All"
    case userAuthenticationMethodReadAll = "UserAuthenticationMethod.Read.All"
    case userAuthenticationMethodReadWriteAll = "UserAuthenticationMethod.ReadWrite.All"
    case policyReadAuthenticationMethod = "Policy.Read.AuthenticationMethod"
    case policyReadWriteAuthenticationMethod = "Policy.ReadWrite.AuthenticationMethod"
    case policyReadAll = "Policy.Read.All"
    case userReadAll = "User.Read.All"
    case userReadWriteAll = "User.ReadWrite.All"
    case directoryReadAll = "Directory.Read.All"
    case groupReadAll = "Group.Read.All"
    case groupReadWriteAll = "Group.ReadWrite.All"
    case groupMemberReadAll = "GroupMember.Read.All"
    case groupMemberReadWriteAll = "GroupMember.ReadWrite.All"
    case auditLogReadAll = "AuditLog.Read.All"
    /// Start sign-ins, submit PINs and report events, as the kiosk whose id is the client's.
    case kioskSignIn = "Kiosk.SignIn"
    /// Read `/metrics` from another machine.
    case metricsRead = "Metrics.Read"
}

/// The embedded issuer of access tokens and assertions.
public enum Issuer {
    /// `iss` of what it issues and `aud` of the client assertions that it accepts (RFC 7523 §3), unless configured otherwise.
    public static let defaultName = "urn:qrpin:lifecycle"
    public static let tokenPath = "/oauth2/v2.0/token"
}
