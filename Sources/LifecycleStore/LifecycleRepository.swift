/// Where the service keeps what it knows. Every call is one transaction and is durable when it returns.
public protocol LifecycleRepository: DirectoryRepository, PolicyRepository, MethodRepository, SignInRepository, AuditRepository {}

public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(String)
    case activeExists
    /// A newer program made the database.
    case tooNew
    /// A column does not hold what this program writes there.
    case damaged(String)

    public var description: String {
        switch self {
        case .exists(let name): "\(name) exists already. Choose another name or id."
        case .activeExists: "An active one exists. Delete it first."
        case .tooNew: "The database was made by a newer version of this program. Run that version, or restore a backup."
        case .damaged(let column): "The database holds something unexpected in \(column). Restore a backup."
        }
    }
}
