import Foundation

/// One `qrpin-lifecycle serve`, from the directory of this program.
final class Service: @unchecked Sendable {
    static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "qrpin-lifecycle")

    let port: UInt16
    private let process: Process

    /// Returns once it listens. `store` is `--database …` or another of its kind.
    init(store: [String], directory: String) throws {
        let ready = "\(directory)/ready-\(UUID())"
        process = try Self.start(
            ["serve"] + store + ["--state-directory", directory + "/state", "--port", "0", "--ready-file", ready]
                + ["kiosk", "client", "address"].flatMap { ["--\($0)-rate", "off"] },
            log: directory + "/service.log")
        var port: UInt16?
        for _ in 0..<1000 where port == nil {
            guard process.isRunning else { break }
            if let text = try? String(contentsOfFile: ready, encoding: .utf8) {
                port = text.split(separator: ":").last.flatMap { UInt16($0.dropLast()) }
            } else {
                usleep(10_000)
            }
        }
        guard let port else {
            let log = try? String(contentsOfFile: directory + "/service.log", encoding: .utf8)
            throw Failed("the service did not start: \(log ?? "")")
        }
        self.port = port
    }

    func end(_ signal: Int32 = SIGTERM) {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    /// The largest resident size so far, in MB (proc(5), VmHWM).
    var peakMemory: Double { field("status", "VmHWM:").map { $0 / 1024 } ?? 0 }

    /// Processor time so far, in seconds (proc(5), stat 14 and 15).
    var processorTime: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100 : 0
    }

    private func field(_ file: String, _ name: String) -> Double? {
        let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/\(file)", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
    }

    @discardableResult static func run(_ arguments: [String]) throws -> Int32 {
        let process = try start(arguments, log: nil)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed("qrpin-lifecycle \(arguments.joined(separator: " ")) failed") }
        return process.terminationStatus
    }

    private static func start(_ arguments: [String], log: String?) throws -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        if let log {
            if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
            let file = try FileHandle(forWritingTo: URL(filePath: log))
            try file.seekToEnd()
            (process.standardOutput, process.standardError) = (file, file)
        }
        try process.run()
        return process
    }
}
