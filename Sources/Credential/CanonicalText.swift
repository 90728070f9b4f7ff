import FoundationEssentials

/// What is signed: a title, then a line a field, each with its length before it, so that no two lists of fields share a text.
enum CanonicalText {
    static func bytes(_ title: String, _ fields: [String]) -> Data {
        Data((title + "\n" + fields.map { "\($0.utf8.count):\($0)\n" }.joined()).utf8)
    }
}
