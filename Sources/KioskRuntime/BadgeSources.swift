import Synchronization
public import Verifier

/// Where a badge is read: from its code by a camera or a barcode scanner, or from a card that is held to a card reader.
public enum BadgeSource: Hashable, Sendable, CaseIterable { case camera, reader, tap }

/// The sources that this kiosk has. To the verifier they are one scanner, which is lost when all of them are.
public final class BadgeSources: Sendable {
    /// Unknown until the first word of each.
    private let isThere: Mutex<[BadgeSource: Bool?]>
    public let all: Set<BadgeSource>

    public init(_ sources: Set<BadgeSource>) {
        all = sources
        isThere = Mutex(Dictionary(uniqueKeysWithValues: sources.map { ($0, nil) }))
    }

    public func has(_ source: BadgeSource) -> Bool { all.contains(source) }

    /// Those to show a badge to: not known to be away.
    public var inUse: Set<BadgeSource> { isThere.withLock { Set($0.filter { $0.value != false }.keys) } }

    /// What the verifier is to know of it.
    public func found(_ source: BadgeSource, _ isThere: Bool) -> Event? {
        self.isThere.withLock { all in
            all[source] = .some(isThere)
            return isThere ? .returned(.scanner) : all.values.allSatisfy { $0 == false } ? .lost(.scanner) : nil
        }
    }
}
