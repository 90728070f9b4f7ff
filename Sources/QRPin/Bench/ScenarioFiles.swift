import ArgumentParser
import FoundationEssentials
import SignInBench

/// The scenarios that the user named.
enum ScenarioFiles {
    /// `paths` are files, or directories whose `.yaml` files are read in the order of their names. All of them are read before one is played.
    static func read(_ paths: [String]) throws -> [Scenario] {
        var scenarios: [Scenario] = []
        for path in paths {
            for file in try files(path) {
                let text = try readText(file)
                do throws(ScenarioError) { scenarios.append(try Scenario(yaml: text, file: file)) } catch {
                    throw ValidationError("\(error)")
                }
            }
        }
        return scenarios
    }

    private static func files(_ path: String) throws -> [String] {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [path] }
        let files = entries.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(path)/\($0)" }
        guard !files.isEmpty else { throw ValidationError("\(path) has no scenario: their names end with .yaml.") }
        return files
    }
}
