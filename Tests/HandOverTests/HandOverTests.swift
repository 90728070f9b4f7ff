import Credential
import Foundation
import HandOver
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A shell script in the place of a site's command, in a directory of its own.
struct Script {
    let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-hand-over-\(UUID())").path
    var path: String { directory + "/command" }

    init(_ text: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let script = "#!/bin/sh\ncd '\(directory)'\n\(text)\n"
        try Data(script.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    }

    func lines(_ name: String) -> [String] {
        let text = FileManager.default.contents(atPath: "\(directory)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Tells it of what `body` says, shuts down, and returns the notes.
    func run(limit: Duration = .seconds(60), _ body: (HandOver) -> Void) async throws -> [String] {
        let notes = Notes()
        let handOver = try HandOver(command: path, limit: limit, note: { notes.add($0) })
        body(handOver)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [handOver], logger: Logger(label: "hand over", factory: { _ in SwiftLogNoOpLogHandler() })))
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
        return notes.all
    }

    final class Notes: Sendable {
        private let notes = Mutex<[String]>([])
        var all: [String] { notes.withLock { $0 } }
        func add(_ note: String) { notes.withLock { $0.append(note) } }
    }
}

/// One after the other: a program that another test starts just then could have the script open for writing, and a script that is open
/// cannot be run (ETXTBSY in man 2 execve).
@Suite(.serialized) struct HandOverTests {
    static let assertion = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk"
    let id = AttemptID.make(at: Date(timeIntervalSince1970: 1_795_521_600))

    @Test func `the assertion is on standard input and nowhere else, and what was told is handed over before the end`()
        async throws
    {
        let script = try Script(
            #"echo "$@" >>arguments; cat >>input; env >>environment; tr '\0' ' ' </proc/$$/cmdline >>command-line"#)
        defer { try? FileManager.default.removeItem(atPath: script.directory) }
        let notes = try await script.run {
            $0.signedIn(id, Self.assertion)
            $0.signedOut(id)
        }
        #expect(notes == [])
        #expect(script.lines("arguments") == ["signed-in \(id)", "signed-out \(id)"])
        #expect(script.lines("input") == [Self.assertion])
        for name in ["environment", "command-line"] {
            #expect(!script.lines(name).isEmpty && !script.lines(name).contains { $0.contains(Self.assertion) })
        }
        let variables = script.lines("environment").compactMap { $0.split(separator: "=").first }
        #expect(Set(variables).isSubset(of: ["PATH", "PWD", "OLDPWD", "SHLVL", "_"]), "\(variables)")
    }

    @Test func `a command that hangs is ended with what it started, and the next one runs`() async throws {
        let script = try Script(
            #"[ "$1" = signed-out ] && exec touch told; trap '' TERM; sleep 600 & echo $! >child; echo $$ >own; while :; do wait; done"#
        )
        defer { try? FileManager.default.removeItem(atPath: script.directory) }
        let notes = try await script.run(limit: .seconds(10)) {
            $0.signedIn(id, Self.assertion)
            $0.signedOut(id)
        }
        #expect(notes.count == 1 && notes[0].contains("took longer than 10.0 seconds for signed-in \(id)"), "\(notes)")
        #expect(FileManager.default.fileExists(atPath: script.directory + "/told"))
        for name in ["own", "child"] {
            let process = try #require(pid_t(script.lines(name).first ?? ""))
            // Of a process that has ended and that nobody has waited for yet it is empty.
            func lives() -> Bool { FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.isEmpty == false }
            for _ in 0..<1000 where lives() { try await Task.sleep(for: .milliseconds(10)) }
            #expect(!lives(), "\(name) lives")
        }
    }

    @Test(arguments: ["exit 3", "exec 0<&-; exit 3", "kill -KILL $$"])
    func `a command that fails is noted without the assertion, whether it reads or not`(text: String) async throws {
        let script = try Script(text)
        defer { try? FileManager.default.removeItem(atPath: script.directory) }
        let notes = try await script.run { $0.signedIn(id, Self.assertion) }
        #expect(notes.count == 1 && notes[0].contains("\(script.path) ended: ") && !notes[0].contains(Self.assertion), "\(notes)")
    }

    @Test(arguments: [
        ("hand-over", HandOverError.Problem.notAbsolute), ("/nonexistent", .notExecutable), ("/etc/passwd", .notExecutable),
    ])
    func `a command that cannot be run is refused at the start`(path: String, problem: HandOverError.Problem) {
        let error = #expect(throws: HandOverError.self) { try HandOver(command: path, note: { _ in }) }
        #expect(error?.path == path && error?.problem == problem)
    }
}
