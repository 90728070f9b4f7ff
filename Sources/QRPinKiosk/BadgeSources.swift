import Synchronization
import Verifier

/// Where a badge is read.
enum BadgeSource: Hashable, Sendable, CaseIterable { case camera, reader }

/// The sources that this kiosk has. To the verifier they are one scanner, which is lost when all of them are.
final class BadgeSources: Sendable {
    /// Unknown until the first word of each.
    private let isThere: Mutex<[BadgeSource: Bool?]>

    init(_ sources: Set<BadgeSource>) { isThere = Mutex(Dictionary(uniqueKeysWithValues: sources.map { ($0, nil) })) }

    func has(_ source: BadgeSource) -> Bool { isThere.withLock { $0.keys.contains(source) } }

    /// What the verifier is to know of it.
    func found(_ source: BadgeSource, _ isThere: Bool) -> Event? {
        self.isThere.withLock { all in
            all[source] = .some(isThere)
            return isThere ? .returned(.scanner) : all.values.allSatisfy { $0 == false } ? .lost(.scanner) : nil
        }
    }
}
