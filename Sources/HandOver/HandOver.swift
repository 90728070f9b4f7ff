public import Credential
import Glibc
public import ServiceLifecycle
import Subprocess
import SystemPackage

/// Tells the device's application of a sign-in and of the end of its session, by a command of the site's.
///
/// The command runs without a shell, with the arguments `signed-in ID` or `signed-out ID`; the assertion of a sign-in is on its standard
/// input, where no other user sees it, and nothing that a person or a badge says is ever an argument. It has only `PATH` in its environment,
/// and its output goes nowhere, since it may hold the assertion. One runs at a time, in the order of what happened.
public struct HandOver: Service {
    private enum Message: Sendable {
        case signedIn(AttemptID, assertion: String)
        case signedOut(AttemptID)
    }

    private let path: String
    private let limit: Duration
    private let note: @Sendable (String) -> Void
    /// Sixteen wait at most; beyond it the oldest, which is past by then, is dropped.
    private let messages: AsyncStream<Message>
    private let sender: AsyncStream<Message>.Continuation

    /// Throws a ``HandOverError`` when there is no such program. A command that runs for longer than `limit` is ended, as are the
    /// programs that it started.
    public init(
        command path: String, limit: Duration = .seconds(10), note: @escaping @Sendable (String) -> Void
    ) throws(HandOverError) {
        guard path.hasPrefix("/") else { throw HandOverError(path: path, problem: .notAbsolute) }
        guard unsafe access(path, X_OK) == 0 else { throw HandOverError(path: path, problem: .notExecutable) }
        (self.path, self.limit, self.note) = (path, limit, note)
        (messages, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    public func signedIn(_ id: AttemptID, _ assertion: String) { sender.yield(.signedIn(id, assertion: assertion)) }

    /// The session that the attempt began is over.
    public func signedOut(_ id: AttemptID) { sender.yield(.signedOut(id)) }

    /// Until it is shut down, and what was told by then is handed over.
    public func run() async {
        await withGracefulShutdownHandler {
            for await message in messages {
                switch message {
                case .signedIn(let id, let assertion): await run("signed-in", id, input: assertion + "\n")
                case .signedOut(let id): await run("signed-out", id, input: "")
                }
            }
        } onGracefulShutdown: {
            sender.finish()
        }
    }

    private func run(_ event: String, _ id: AttemptID, input: String) async {
        let outcome = await withTaskGroup(of: String?.self) { group in
            group.addTask { await ended([event, id.description], input) }
            group.addTask { [limit] in
                try? await Task.sleep(for: limit)
                return "took longer than \(limit)"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if let outcome { note("the hand-over command \(path) \(outcome) for \(event) \(id)") }
    }

    /// How the command ended, if not well.
    private func ended(_ arguments: [String], _ input: String) async -> String? {
        var options = PlatformOptions()
        // A session of its own, so that what it started ends with it.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments),
                environment: .custom(["PATH": "/usr/local/bin:/usr/bin:/bin"]), platformOptions: options,
                input: .fileDescriptor(try Self.filled(with: input), closeAfterSpawningProcess: true), output: .discarded,
                error: .discarded)
            return result.terminationStatus.isSuccess ? nil : "ended: \(result.terminationStatus)"
        } catch { return "did not run: \(error)" }
    }

    /// The end of a pipe that holds the text. It is written before anyone reads, so a command that does not read is no broken pipe;
    /// a pipe has room for 64 KiB (`man 7 pipe`), an assertion for less than one.
    private static func filled(with text: String) throws -> FileDescriptor {
        let pipe = try FileDescriptor.pipe()
        defer { try? pipe.writeEnd.close() }
        try pipe.writeEnd.writeAll(text.utf8)
        return pipe.readEnd
    }
}

/// A command that cannot be run, and what to do about it.
public struct HandOverError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable { case notAbsolute, notExecutable }

    public let path: String
    public let problem: Problem

    public var description: String {
        switch problem {
        case .notAbsolute: "--hand-over \(path): give the whole path, from / on."
        case .notExecutable: "--hand-over \(path): this user cannot run it. Name a program, and allow this user to execute it."
        }
    }
}
