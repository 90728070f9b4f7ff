public import FoundationEssentials

/// When a code may be used: from its start, up to but not including its expiry (Graph contract §5).
public struct ValidityWindow: Hashable, Sendable {
    public let start: Date
    public let expiry: Date

    /// Nil unless the start comes before the expiry.
    public init?(start: Date, expiry: Date) {
        guard start < expiry else { return nil }
        self.start = start
        self.expiry = expiry
    }

    public func standing(at now: Date) -> Standing {
        if now < start { .notYetValid(from: start) } else if now >= expiry { .expired(since: expiry) } else { .valid }
    }
}

public enum Standing: Hashable, Sendable { case notYetValid(from: Date), valid, expired(since: Date) }
