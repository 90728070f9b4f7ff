public import FoundationEssentials

/// Where the service keeps what it knows. Every call is one transaction and is durable when it returns.
public protocol LifecycleRepository: Sendable {
    /// Throws ``StoreError/exists(_:)`` when the name is taken.
    func add(_ user: User) async throws
    /// Replaces what is kept of the user of this id. Throws ``StoreError/exists(_:)`` when another one has the name.
    func update(_ user: User) async throws
    /// In the order of their names, from the one behind `name` on.
    func users(after name: String?, limit: Int) async throws -> [User]
    /// By id or userPrincipalName, in any case.
    func user(_ key: String) async throws -> User?
    /// Replaces a client of the same id.
    func put(_ client: Client) async throws
    func client(_ id: String) async throws -> Client?

    /// ``Policy/initial`` until it is changed for the first time.
    func policy() async throws -> Policy
    /// Changes the policy as it is at that moment and gives the new one.
    func changePolicy(_ change: @escaping @Sendable (inout Policy) -> Void) async throws -> Policy

    func method(ofUser userID: String) async throws -> QRCodePINMethod?
    /// Replaces a method without an active code; throws ``StoreError/activeExists`` when there is one at `now`.
    func create(_ method: QRCodePINMethod, at now: Date) async throws
    /// False when there was none.
    func deleteMethod(ofUser userID: String) async throws -> Bool
    /// Replaces an expired code of the same kind; throws ``StoreError/activeExists`` when one has not expired at `now`.
    func create(_ code: Code, forUser userID: String, at now: Date) async throws
    func setExpiry(ofCode codeID: String, to expire: Date) async throws
    /// False when there was none.
    func deleteCode(_ kind: Code.Kind, ofUser userID: String) async throws -> Bool
    /// Sets the PIN and lifts the locks of the user's codes.
    func setPIN(_ pin: StoredPIN, ofUser userID: String) async throws
    /// False when there was none.
    func deletePIN(ofUser userID: String) async throws -> Bool
    /// The code that is not deleted, and whose it is.
    func code(_ codeID: String) async throws -> (code: Code, userID: String)?

    /// Throws ``StoreError/exists(_:)`` when the attempt was started before.
    func start(_ attempt: Attempt) async throws
    /// Takes the attempt out of a stage, once, whoever asks first; nil when it is not this kiosk's, not in that stage, or older than `oldest`.
    func take(_ id: String, ofKiosk kioskID: String, in stage: Attempt.Stage, startedAfter oldest: Date) async throws -> Attempt?
    func move(_ id: String, to stage: Attempt.Stage) async throws
    /// Counts a guess before it is verified, so that guesses side by side cannot pass the limit (design §4).
    func takeGuess(codeID: String, kioskID: String, at now: Date) async throws -> Guess
    func lockedUntil(codeID: String, kioskID: String, at now: Date) async throws -> Date?
    func forgetGuesses(codeID: String, kioskID: String) async throws
    /// Sets `lastUsed` of the code and its method.
    func markUsed(codeID: String, userID: String, at now: Date) async throws

    /// The ids that are kept now: those new and those known before.
    func append(_ events: [StoredEvent]) async throws -> [String]
    func events(_ query: EventQuery) async throws -> [StoredEvent]
}

public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(String)
    case activeExists

    public var description: String {
        switch self {
        case .exists(let name): "\(name) exists already. Choose another name or id."
        case .activeExists: "An active one exists. Delete it first."
        }
    }
}

/// 5 wrong PINs of a code at a kiosk, then 30 s, doubling to an hour (design §4).
enum Lockout {
    static let freeGuesses = 5

    /// The lock that the nth guess in a row brings if it is wrong, in seconds.
    static func seconds(afterGuess number: Int) -> TimeInterval? {
        number < freeGuesses ? nil : TimeInterval(min(3600, 30 << min(number - freeGuesses, 7)))
    }
}
