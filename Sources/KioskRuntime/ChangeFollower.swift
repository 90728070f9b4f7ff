import Credential
public import LifecycleAPI
public import Verifier

/// Follows the changes at the service for as long as the kiosk runs, so that what it kept is never older than it must be.
public struct ChangeFollower: Sendable {
    private let entries: any OfflineEntries
    private let link: ServiceLink
    private let isOutage: @Sendable (any Error) -> Bool
    private let now: @Sendable () -> Moment
    private let note: @Sendable (String) -> Void
    private let ask: @Sendable (_ since: Int?) async throws -> ChangeAnswer

    /// `ask` waits for the next change; `isOutage` tells an error of it that means that the service is gone.
    public init(
        _ entries: any OfflineEntries, link: ServiceLink, isOutage: @escaping @Sendable (any Error) -> Bool,
        now: @escaping @Sendable () -> Moment, note: @escaping @Sendable (String) -> Void,
        ask: @escaping @Sendable (_ since: Int?) async throws -> ChangeAnswer
    ) {
        (self.entries, self.link, self.isOutage) = (entries, link, isOutage)
        (self.now, self.note, self.ask) = (now, note, ask)
    }

    /// Runs until it is cancelled.
    public func run() async {
        var isTold = false
        while !Task.isCancelled {
            do {
                try await step()
                isTold = false
            } catch {
                if Task.isCancelled { return }
                if isOutage(error) {
                    await link.outage()
                } else {
                    if !isTold { note("the changes at the service are not heard: \(error)") }
                    isTold = true
                    try? await Task.sleep(for: .seconds(10))
                }
            }
        }
    }

    /// Hears once.
    public func step() async throws {
        let answer = try await ask(entries.changeNumber)
        link.found(isUp: true)
        switch answer {
        case .news(let feed): try await entries.take(OfflineUpdate(feed), at: now())
        case .nothing: try await entries.confirm(at: now())
        case .startAgain: try await entries.forget()
        case .notAdmitted:
            try await entries.forget()
            throw NotAdmitted()
        }
    }

    private struct NotAdmitted: Error, CustomStringConvertible {
        var description: String { "this kiosk is not admitted any more. Enrol it again" }
    }
}

extension OfflineUpdate {
    public init(_ feed: ChangeFeed) {
        let rules = feed.offlinePolicy.map { policy in
            OfflineRules(
                lifetime: Double(policy.entryLifetimeInHours) * 3600, changesMaxAge: Double(policy.changesMaxAgeInMinutes) * 60)
        }
        self.init(changeNumber: feed.number, rules: rules, changes: feed.changes.compactMap(OfflineChange.init))
    }
}

extension OfflineChange {
    /// Nil for what ends no entry. Of a kind that this version does not know, whom it names loses the entry.
    init?(_ change: ChangeFeed.Change) {
        let code = change.qrCodeId.flatMap { QRCodeID($0) }.map(Subject.code)
        let user = change.userId.map(Subject.user)
        let subject: Subject?
        var window: ValidityWindow?
        switch ChangeKind(rawValue: change.kind) {
        case .codeCreated, .userEnabled, .kioskChanged: return nil
        case .codeChanged:
            subject = code
            if let start = change.startDateTime, let expiry = change.expireDateTime {
                window = ValidityWindow(start: start, expiry: expiry)
            }
        case .codeRevoked, .cardChanged: subject = code
        case .pinChanged, .userDisabled, .membershipChanged: subject = user
        case .policyChanged, .kioskRevoked: subject = .everyone
        case nil: subject = code ?? user
        }
        guard let subject else { return nil }
        self.init(number: change.number, subject: subject, window: window)
    }
}
