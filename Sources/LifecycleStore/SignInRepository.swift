public import FoundationEssentials
public import LifecycleAPI

/// Sign-ins: attempts, and the events that kiosks report.
public protocol SignInRepository: Sendable {
    /// What is known of a code that was read at a kiosk; nil when the kiosk is not admitted.
    func facts(ofCode codeID: String, kioskID: String, at now: Date) async throws -> SignInFacts?
    /// Throws ``StoreError/exists(_:)`` when the attempt was started before, and ``StoreError/replayed`` when the card's message was used
    /// before, in this process or another: then neither counts.
    func start(_ attempt: Attempt, with card: CardUse?) async throws
    /// Takes the attempt out of stage `newPIN`, once, whoever asks first; nil when it is not this kiosk's, not in that stage, or older
    /// than `oldest`. Without a PIN when its code, its user or the PIN may not be used any more.
    func takeNewPIN(attemptID: String, kioskID: String, startedAfter oldest: Date, at now: Date) async throws -> TakenAttempt?
    /// What a kiosk may keep of an attempt that signed in with a PIN of one of these hashes; nil where no policy lets it, or the code, the
    /// person, the PIN or the policy was changed since.
    func offlineGrant(_ attempt: Attempt, pinHashes: Set<String>, at now: Date) async throws -> OfflineGrantAnswer?
    /// What holds for a kiosk; nil where it may sign nobody in offline.
    func offlinePolicy(kioskID: String) async throws -> OfflinePolicy?
    /// Sets `lastUsed` of the code and its method.
    func markUsed(codeID: String, userID: String, at now: Date) async throws

    /// Keeps the events of one kiosk, in the order of their numbers, that it does not have yet, and raises an alert where their chain is
    /// broken. Gives what `sign` makes of the chain's end then; nothing when there are no events.
    func append(_ events: [StoredEvent], sign: @escaping @Sendable (ChainHead) throws -> String) async throws -> String?
    func events(_ query: EventQuery) async throws -> [StoredEvent]
    func event(_ id: String) async throws -> StoredEvent?
    /// Of one kiosk in the order of their numbers, from the place behind `place` on.
    func chain(ofKiosk kioskID: String, after place: ChainPlace?, limit: Int) async throws -> [StoredEvent]
}

/// The event behind which a page of a chain starts.
public struct ChainPlace: Codable, Hashable, Sendable {
    public var sequence: Int
    public var id: String

    public init(sequence: Int, id: String) {
        self.sequence = sequence
        self.id = id
    }
}

/// What a start of a sign-in asks of the store.
public struct SignInFacts: Sendable {
    /// A code that was not revoked, whose user has a PIN; nil when there is none.
    public let badge: (code: Code, user: User, pin: StoredPIN)?
    public let policy: Policy
    /// What the code is bound to.
    public let card: BoundCard?
    /// When PINs of this code may be tried at this kiosk again.
    public let lockedUntil: Date?
}

/// An attempt that went on by one step, and what is needed for that.
public struct TakenAttempt: Sendable {
    public let attempt: Attempt
    /// Nil when the code, the user or the PIN may not be used any more.
    public let subject: (user: User, pin: StoredPIN)?
    public let policy: Policy
}
