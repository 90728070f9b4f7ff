import Foundation
import Testing
import Verifier

@testable import KioskPage

@Suite struct LanguagesTests {
    static let needed =
        KioskState.Phase.allCases.filter { $0 != .pin && $0 != .outcome }.map(\.rawValue)
        + ["reader", "tap", "camera.reader", "camera.tap", "reader.tap", "camera.reader.tap"].map { "idle.\($0)" }
        + ["slow", "session.ending"] + KioskState.Prompt.allCases.map { "pin.\($0)" }
        + Outcome.allCases.map { "outcome.\($0)" }

    @Test(arguments: ["en", "de", "es", "fr", "ar"])
    func `each language has a headline and a next step for every state, and English's placeholders`(tag: String) throws {
        let languages = try Languages()
        let language = try #require(languages[tag])
        let english = try #require(languages["en"])
        #expect(Set(language.texts.keys) == Set(Self.needed))
        #expect(Set(language.words.keys) == Set(english.words.keys))
        for problem in KioskState.Problem.allCases { #expect(language.words[problem.rawValue]?.isEmpty == false, "\(problem)") }
        for (key, text) in language.texts {
            #expect(!text.title.isEmpty && !text.next.isEmpty, "\(key)")
            #expect(Self.placeholders(text.next) == Self.placeholders(english.texts[key]?.next), "\(key)")
            #expect(Self.placeholders(text.title) == Self.placeholders(english.texts[key]?.title), "\(key)")
        }
        for (key, word) in language.words { #expect(Self.placeholders(word) == Self.placeholders(english.words[key]), "\(key)") }
        #expect(language.direction == (tag == "ar" ? .rtl : .ltr))
    }

    private static func placeholders(_ text: String?) -> [Substring] {
        (text ?? "").matches(of: /\{(\w+)\}/).map(\.output.1).sorted()
    }

    private func directory(_ files: [String: String]) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-languages-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: directory.appending(path: name)) }
        return directory.path
    }

    @Test func `a site adds a language and changes another, and English stands in for what is left out`() throws {
        let swedish = """
            {"name": "Svenska", "direction": "ltr", "words": {},
             "texts": {"idle": {"title": "Visa ditt kort", "next": "Håll det stilla."}}}
            """
        let path = try directory([
            "sv.json": swedish, "en.json": swedish.replacingOccurrences(of: "Visa ditt kort", with: "Show your card"),
            "read.me": "no",
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let languages = try Languages(standard: "sv", directory: path)
        #expect(languages.tags == ["ar", "de", "en", "es", "fr", "sv"])
        #expect(languages["sv"]?.texts["idle"]?.title == "Visa ditt kort")
        #expect(languages["sv"]?.words["cancel"] == "Cancel")
        #expect(languages["en"]?.texts["idle"]?.title == "Show your card")
        #expect(languages["en"]?.texts["outcome.wrongPIN"]?.title == "That PIN is not right")
    }

    @Test(arguments: [
        ("sv.json", "{", "is no language file"), ("s.json", "{}", "is no language tag"),
        ("sv.json", #"{"name": "", "direction": "up", "texts": {}, "words": {}}"#, "is no language file"),
        ("sv.json", #"{"name": "", "direction": "ltr", "texts": {}, "words": {"hello": ""}}"#, "no text hello"),
        ("sv.json", "65537 spaces", "larger than 64 KiB"),
    ])
    func `a file that is no language is named with its cure`(name: String, text: String, problem: String) throws {
        let path = try directory([name: text == "65537 spaces" ? String(repeating: " ", count: 65_537) : text])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: KioskPageError.self) { try Languages(directory: path) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("\(path)/\(name): ") && description.contains(problem), "\(description)")
    }

    @Test func `a language that is not there is named with those that are`() {
        let error = #expect(throws: KioskPageError.self) { try Languages(standard: "xx") }
        #expect(error?.description.contains("There are ar, de, en, es, fr.") == true)
        #expect(throws: KioskPageError.self) { try Languages(directory: "/nonexistent") }
    }
}
