/// The name that someone meant.
enum NearestName {
    /// The one of fewest changed letters, if they are at most a third of what was written; the first of several.
    static func of(_ written: some StringProtocol, among names: [String]) -> String? {
        let near = names.map { (name: $0, distance: distance(Array(written), Array($0))) }.min { $0.distance < $1.distance }
        return near.flatMap { $0.distance <= max(1, written.count / 3) ? $0.name : nil }
    }

    /// How many letters must be put in, taken out or changed (Levenshtein).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
