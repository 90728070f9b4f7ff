import ArgumentParser
import FoundationEssentials

/// The text of a file that the user named. Throws an error that names it.
func readText(_ path: String) throws -> String {
    guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
        throw ValidationError("\(path) cannot be read as text. Is it there, in UTF-8, and yours to read?")
    }
    return text
}
