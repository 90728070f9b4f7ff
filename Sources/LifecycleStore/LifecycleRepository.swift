/// Where the service keeps what it knows. Every call is one transaction and is durable when it returns.
public protocol LifecycleRepository: DirectoryRepository, PolicyRepository, MethodRepository, SignInRepository, AuditRepository,
    SessionRepository, GroupRepository, ImportRepository, BulkRepository, ReportRepository,
    LockoutRepository, CardRepository, KioskRepository, AlertRepository, ChangeRepository
{}

public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(String)
    case unknown(String)
    case activeExists
    /// The database cannot be reached, or too many writers are in one another's way: what was asked for may work later.
    case unavailable(String)
    case missing(String)
    case inUse(String)
    /// A card's message that was taken before, or one that is older.
    case replayed
    /// A newer program made the database.
    case tooNew
    /// A column does not hold what this program writes there.
    case damaged(String)

    public var description: String {
        switch self {
        case .exists(let name): "\(name) exists already. Choose another name or id."
        case .unknown(let what): "The \(what) is not known."
        case .activeExists: "An active one exists. Delete it first."
        case .unavailable(let reason): reason
        case .missing(let name): "\(name) does not exist. Was it deleted?"
        case .inUse(let name): "\(name) is in use. Take it out of the policy first."
        case .replayed: "The card's message was used before. Hold the card to the reader again."
        case .tooNew: "The database was made by a newer version of this program. Run that version, or restore a backup."
        case .damaged(let column): "The database holds something unexpected in \(column). Restore a backup."
        }
    }
}
