import FoundationEssentials

/// One language: all that the page says. A file `TAG.json` (BCP 47) is one.
struct Language: Codable, Hashable, Sendable {
    enum Direction: String, Codable, Hashable, Sendable { case ltr, rtl }

    /// A state's headline, and what to do next.
    struct Text: Codable, Hashable, Sendable {
        var title: String
        var next: String
    }

    /// As its speakers call it.
    let name: String
    let direction: Direction
    /// By phase, prompt and outcome: `idle`, `pin.new`, `outcome.expired`.
    var texts: [String: Text]
    /// Buttons, banners and what is read aloud.
    var words: [String: String]
}

/// The languages that the page offers: those that come with it, and a site's own.
public struct Languages: Sendable {
    private var all: [String: Language]
    private let standard: String

    /// Throws a ``KioskPageError`` when a file of `directory` is no language, or `standard` is none of them.
    ///
    /// A file there may leave texts out: English stands in. It replaces a language of the same tag.
    public init(standard: String = "en", directory: String? = nil) throws {
        all = try Self.builtIn()
        self.standard = standard
        if let directory { try add(directory) }
        guard all[standard] != nil else { throw KioskPageError.noSuchLanguage(standard, known: all.keys.sorted()) }
    }

    private static func builtIn() throws -> [String: Language] {
        let files = [
            ("en", PackageResources.en_json), ("de", PackageResources.de_json), ("es", PackageResources.es_json),
            ("fr", PackageResources.fr_json), ("ar", PackageResources.ar_json),
        ]
        return try Dictionary(
            uniqueKeysWithValues: files.map { ($0.0, try JSONDecoder().decode(Language.self, from: Data($0.1))) })
    }

    private mutating func add(_ directory: String) throws {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
            throw KioskPageError.directory(directory, "cannot be read. Name a directory of language files.")
        }
        for name in names.sorted() where name.hasSuffix(".json") {
            try add(tag: String(name.dropLast(5)), file: "\(directory)/\(name)")
        }
    }

    private mutating func add(tag: String, file: String) throws {
        func refuse(_ problem: String) -> KioskPageError { .language(file: file, problem: problem) }
        guard tag.wholeMatch(of: /[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*/) != nil else {
            throw refuse("the name is no language tag. Name it as sv.json or pt-BR.json.")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw refuse("cannot be read. Give this user access.")
        }
        guard data.count <= 65_536 else { throw refuse("is larger than 64 KiB. Keep to the page.") }
        var language: Language
        do { language = try JSONDecoder().decode(Language.self, from: data) } catch {
            throw refuse("is no language file: it needs name, direction (ltr or rtl), texts with title and next, and words.")
        }
        let english = all["en"]
        let known = Set(english?.texts.keys.map(\.self) ?? []).union(english?.words.keys.map(\.self) ?? [])
        if let stranger = (language.texts.keys.sorted() + language.words.keys.sorted()).first(where: { !known.contains($0) }) {
            throw refuse("the page has no text \(stranger). Take the names from en.json.")
        }
        language.texts.merge(english?.texts ?? [:]) { own, _ in own }
        language.words.merge(english?.words ?? [:]) { own, _ in own }
        all[tag] = language
    }

    subscript(tag: String) -> Language? { all[tag] }
    var tags: [String] { all.keys.sorted() }

    /// What the page asks for.
    func json() throws -> Data {
        struct Answer: Encodable {
            let standard: String
            let languages: [String: Language]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(Answer(standard: standard, languages: all))
    }
}
