import Credential
public import FoundationEssentials

/// What the service lets a kiosk do while it is gone.
public struct OfflineRules: Hashable, Sendable {
    /// How long a grant lasts, in seconds: for the kiosk to see that it was changed.
    public let lifetime: TimeInterval
    /// How old the last word of the service on changes may be, in seconds.
    public let changesMaxAge: TimeInterval

    public init(lifetime: TimeInterval, changesMaxAge: TimeInterval) {
        self.lifetime = lifetime
        self.changesMaxAge = changesMaxAge
    }
}

/// What the service said of changes: all of them from the last number on to `changeNumber`, and the rules by now.
public struct OfflineUpdate: Hashable, Sendable {
    public let changeNumber: Int
    public let rules: OfflineRules?
    public let changes: [OfflineChange]

    public init(changeNumber: Int, rules: OfflineRules?, changes: [OfflineChange]) {
        self.changeNumber = changeNumber
        self.rules = rules
        self.changes = changes
    }
}

/// What a kiosk knows of the service, and its decision by that alone. It never accepts what the service would refuse if it knew no more.
public struct OfflineKnowledge: Hashable, Sendable {
    /// Nil: nobody may be signed in offline.
    public var rules: OfflineRules?
    /// The last change that was heard of; nil when everything must be heard anew.
    public var changeNumber: Int?
    /// When the service last said that there were no others.
    public var confirmed: Date?
    /// The latest time that was ever seen on a trusted clock: a clock that is behind it was set back.
    public var latest: Date?
    /// No PIN is taken until then, because those of too many badges were wrong.
    public var coolingUntil: Date?

    public init() {}

    /// What drift and the steps of a clock that is kept right never make.
    private static let tolerance: TimeInterval = 120

    /// What the service would say to the badge of this entry.
    public func verdict(on entry: OfflineEntry?, at moment: Moment) -> StartVerdict {
        guard let rules, let confirmed, changeNumber != nil else { return .refused(.serviceUnavailable) }
        let now = moment.wall
        guard moment.isClockTrusted, now >= (latest ?? now).addingTimeInterval(-Self.tolerance) else {
            return .refused(.clockUntrusted)
        }
        guard now.timeIntervalSince(confirmed) <= rules.changesMaxAge, let entry, !entry.isEnded, now < entry.grant.expiry
        else { return .refused(.serviceUnavailable) }
        switch entry.window.standing(at: now) {
        case .notYetValid: return .refused(.notYetValid)
        case .expired: return .refused(.expired)
        case .valid: break
        }
        let lock = [entry.lockedUntil, coolingUntil].compactMap(\.self).filter { $0 > now }.max()
        if let lock { return .refused(.lockedOut, lockedUntil: lock) }
        return .pinRequired(window: entry.window, pinLength: entry.pinLength)
    }

    /// Takes a guess in, before it is verified; `lastWrong` of all entries tells whether the kiosk cools down when it is wrong.
    public mutating func guessed(_ lastWrong: [Date], at now: Date) {
        let failing = lastWrong.count { $0 > now.addingTimeInterval(-GuessLock.failingTime) }
        if failing >= GuessLock.failingBadges { coolingUntil = now.addingTimeInterval(GuessLock.coolingTime) }
    }

    /// Whether a grant may be kept: nothing was heard of that it does not know.
    public func admits(_ grant: OfflineGrant) -> Bool {
        guard rules != nil, let changeNumber else { return false }
        return changeNumber <= grant.changeNumber
    }

    /// Takes the service's word in; gives the entries that are left.
    public mutating func take(_ update: OfflineUpdate, _ entries: [OfflineEntry], at moment: Moment) -> [OfflineEntry] {
        let isSame = rules == update.rules && rules != nil
        (rules, changeNumber) = (update.rules, update.changeNumber)
        confirm(at: moment)
        guard isSame else { return [] }
        return entries.compactMap { entry in
            guard entry.grant.expiry > moment.wall else { return nil }
            return update.changes.reduce(entry) { entry, change in entry?.after(change) }
        }
    }

    /// There were no changes until now.
    public mutating func confirm(at moment: Moment) {
        confirmed = moment.wall
        see(moment)
    }

    /// A clock that was found right may be behind what was seen before.
    public mutating func see(_ moment: Moment) {
        if moment.isClockTrusted { latest = max(latest ?? moment.wall, moment.wall) }
    }
}
