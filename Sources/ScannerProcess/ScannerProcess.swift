import FoundationEssentials
import Subprocess
import SystemPackage

/// `qrpin-scan` as a child process: its lines in, and a new child whenever one ends.
public struct ScannerProcess: Sendable {
    /// What the scanner says, and what happens to it.
    public enum Report: Hashable, Sendable {
        case read(text: String)
        case streaming(device: String)
        case absent(reason: String)
        case preview(ScannerPreview)
        /// The child ended; another one follows. `count` is how many have ended so far.
        case crashed(reason: String, count: Int)
    }

    private let executable: String
    private let arguments: [String]

    public init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Runs until it is cancelled, which ends the child.
    public func run(_ report: @Sendable (Report) async -> Void) async {
        var (crashes, streak) = (0, 0)
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let reason = await runOnce(report)
            if Task.isCancelled { return }
            crashes += 1
            // A child that lived for a minute begins a new streak.
            streak = ContinuousClock.now - started > .seconds(60) ? 1 : streak + 1
            await report(.crashed(reason: reason, count: crashes))
            try? await Task.sleep(for: Self.pause(after: streak))
        }
    }

    /// How long after the last of `streak` crashes in a row the next child starts: at first so soon that a person hardly sees it, then
    /// twice as long each time, at most ten seconds.
    static func pause(after streak: Int) -> Duration {
        min(.seconds(10), .milliseconds(250) * (1 << min(max(streak, 1) - 1, 6)))
    }

    /// What the scanner says of its options when it does not take them, in a line; it opens no camera for that.
    public func complaint() async -> String? {
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments + ["--check"]), input: .none, output: .discarded,
                error: .string(limit: 4096))
            if result.terminationStatus.isSuccess { return nil }
            let line = result.standardError.split(separator: "\n").first ?? "\(executable) \(result.terminationStatus)"
            return String(line.hasPrefix("Error: ") ? line.dropFirst(7) : line)
        } catch { return "\(executable) does not run: \(error)" }
    }

    private func runOnce(_ report: @Sendable (Report) async -> Void) async -> String {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments), platformOptions: options, input: .none,
                output: .sequence, error: .currentStandardError
            ) { execution in
                // A QR code holds at most 2,953 bytes, each of which JSON may write as six; a preview takes more.
                for try await line in execution.standardOutput.strings(bufferingPolicy: .maxLineLength(40_000)) {
                    if let message = ScannerLine.parse(line) { await report(message) }
                }
            }
            return "\(executable) ended: \(result.terminationStatus)"
        } catch {
            return "\(executable): \(error)"
        }
    }
}

/// One line of JSON from the scanner. What is not understood is dropped: the scanner may be newer.
enum ScannerLine {
    private struct Fields: Decodable {
        var text: String?
        var state: String?
        var device: String?
        var reason: String?
        var preview: ScannerPreview?
    }

    static func parse(_ line: String) -> ScannerProcess.Report? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(line.utf8)) else { return nil }
        if let text = fields.text { return .read(text: text) }
        if let preview = fields.preview { return preview.isWhole ? .preview(preview) : nil }
        return switch fields.state {
        case "streaming": .streaming(device: fields.device ?? "")
        case "absent": .absent(reason: fields.reason ?? "no camera")
        default: nil
        }
    }
}
