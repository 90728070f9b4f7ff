import FoundationEssentials
import Glibc
import LifecycleAPI
public import Logging

/// A log of one JSON object a line on standard error: `time`, `level`, `message`, and what else is known.
public struct LineLog: LogHandler {
    public var logLevel = Logger.Level.info
    public var metadata = Logger.Metadata()
    private let write: @Sendable (String) -> Void

    /// `write` gets each line without its end.
    public init(write: @escaping @Sendable (String) -> Void = Self.standardError) { self.write = write }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        fields["time"] = WireJSON.string(from: Date())
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        if let error = event.error { fields["error"] = "\(error)" }
        guard let line = try? WireJSON.encode(fields) else { return }
        write(String(decoding: line, as: UTF8.self))
    }

    /// One write(2) a line: lines of threads and processes that share it do not mix (pipe(7), up to 4096 bytes).
    public static let standardError: @Sendable (String) -> Void = { line in
        let bytes = Array((line + "\n").utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
