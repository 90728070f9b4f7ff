/// Tells from the states of readers when a card came.
struct CardWatch: Sendable {
    /// Parts of names; empty: every reader is ours.
    let wanted: [String]
    /// Whether a card counts as come that is there when its reader is first seen. When pcscd or a reader was away for a moment, it was there before.
    let takesPresent: Bool
    private(set) var known: [CardState] = []

    init(wanted: [String] = [], takesPresent: Bool = false) { (self.wanted, self.takesPresent) = (wanted, takesPresent) }

    var readers: [String] { known.map(\.reader) }

    /// The readers that there are now. Those that were not there before are in no state yet.
    mutating func found(_ names: [String]) {
        let ours = names.filter { name in wanted.isEmpty || wanted.contains { name.contains($0) } }
        known = ours.map { name in known.first { $0.reader == name } ?? CardState(reader: name) }
    }

    /// The readers at which a card came.
    mutating func arrivals(_ changes: [CardState]) -> [String] {
        changes.compactMap { change in
            guard let index = known.firstIndex(where: { $0.reader == change.reader }) else { return nil }
            let before = known[index]
            known[index] = change
            // A card that was changed for another between two looks counts, too.
            let isNew = before.flags == 0 ? takesPresent : !before.hasCard || before.count != change.count
            return change.hasCard && isNew ? change.reader : nil
        }
    }
}
