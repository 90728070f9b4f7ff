public import FoundationEssentials
public import LifecycleAPI

/// The same for many people, done in slices.
public struct BulkJob: Hashable, Sendable {
    public let id: String
    public let action: BulkAction
    public let start: Date?
    public let expire: Date?
    /// What was asked for, by which the same request is known again.
    public let request: String
    public let created: Date

    public init(id: String, action: BulkAction, start: Date?, expire: Date?, request: String, created: Date) {
        self.id = id
        self.action = action
        self.start = start
        self.expire = expire
        self.request = request
        self.created = created
    }
}

/// One person's part of a job.
///
/// It waits (`pending`), then its badge is answered (`issued`), then the badge is known to be saved (`done`). A badge that nobody says
/// is saved was lost on the way, and is made anew.
public struct BulkItem: Hashable, Sendable {
    public enum State: String, Hashable, Sendable { case pending, issued, done, failed }

    public let jobID: String
    public let position: Int
    /// Nil: there is nobody of this name.
    public let userID: String?
    /// As it was named in the request.
    public let userPrincipalName: String
    public let state: State
    /// The code that the job made last.
    public let codeID: String?
    /// The job made the PIN, so that with the badge the PIN was lost, too.
    public let madePIN: Bool
    /// Who works on it: it can only be finished by who claimed it.
    public let claim: String?
    public let failure: String?
    public let failureMessage: String?

    public init(
        jobID: String, position: Int, userID: String?, userPrincipalName: String, state: State = .pending, codeID: String? = nil,
        madePIN: Bool = false, claim: String? = nil, failure: String? = nil, failureMessage: String? = nil
    ) {
        self.jobID = jobID
        self.position = position
        self.userID = userID
        self.userPrincipalName = userPrincipalName
        self.state = state
        self.codeID = codeID
        self.madePIN = madePIN
        self.claim = claim
        self.failure = failure
        self.failureMessage = failureMessage
    }
}

/// Jobs and their items. Any number of processes may work on one job: an item is claimed, and finished together with what it does.
public protocol BulkRepository: Sendable {
    /// The job of this id: this one, or the one that was there.
    func add(_ job: BulkJob, _ items: [BulkItem]) async throws -> BulkJob
    func bulkJob(_ id: String) async throws -> BulkJob?
    func bulkStatus(of job: BulkJob) async throws -> BulkStatus
    /// Ends what was said to be saved, and gives the codes that are not in force any more.
    func acknowledge(_ codeIDs: [String], ofJob id: String) async throws -> [String]
    /// What was claimed or answered and is not done waits again, at once.
    func release(job id: String) async throws
    /// Claims the next ones for a while: first those that wait, then those whose answer was lost.
    func claim(_ limit: Int, ofJob id: String, until: Date, at now: Date) async throws -> [BulkItem]
    /// Makes the code the user's standard one, and the PIN theirs when they have none or the job made it; gives the PIN when it did.
    ///
    /// Throws ``StoreError/activeExists`` when one that the job has not made is active at `now` and is not to be replaced, and
    /// ``StoreError/missing(_:)`` when someone else claimed the item.
    func issue(_ code: Code, _ pin: StoredPIN?, replacing: Bool, for item: BulkItem, waiting until: Date, at now: Date)
        async throws
        -> StoredPIN?
    /// Revokes the user's codes. False when they had none. Throws ``StoreError/missing(_:)`` when someone else claimed the item.
    func revokeCodes(for item: BulkItem, at now: Date) async throws -> Bool
    func fail(_ item: BulkItem, _ failure: String, _ message: String) async throws
}
