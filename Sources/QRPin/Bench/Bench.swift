import ArgumentParser
import FoundationEssentials
import Glibc
import SignInBench
import UnixSignals

/// `qrpin bench`: people at a kiosk, as scenarios describe them, and how well and how fast it served them.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays sign-ins at a kiosk, and measures and judges them.",
        discussion: """
            Each scenario is a YAML file: a badge, how it is held, what is typed, what goes wrong, and what must come of it. The bench \
            starts a service and a kiosk of its own, draws what the camera sees, types on the keypad, and compares the service's sign-in \
            log with what was expected. Exit status: 1 when a scenario fails.
            """)

    enum Path: String, ExpressibleByArgument, CaseIterable {
        case memory, v4l2, screen
    }

    @Argument(help: "Scenario files, or directories of them. (default: \(Self.shipped))") var scenarios: [String] = []
    @Option(help: "How frames reach the kiosk: memory, as a picture file; v4l2, through an output device; screen, by its camera.")
    var path = Path.memory
    @Option(help: "The V4L2 output device (v4l2loopback, vivid), or the console's framebuffer, such as /dev/fb0.") var output:
        String?
    @Option(help: "The kiosk's camera, which sees what is written to --output. (default: the first one)") var camera: String?
    @Option(help: "Types on this serial port, not on a pseudo-terminal; a cable joins it to --kiosk-keypad.") var keypad: String?
    @Option(help: "The serial port on which the kiosk listens.") var kioskKeypad: String?
    @Option(help: "The directory of qrpin-kiosk, qrpin-scan and qrpin-lifecycle. (default: this program's)") var programs: String?
    @Option(help: "Writes the results to this file in JUnit's form.") var junit: String?
    @Option(help: "Writes the results to this file as JSON.") var json: String?
    @Option(
        name: .customLong("kiosk-argument"), parsing: .unconditionalSingleValue,
        help: "A further argument of qrpin-kiosk, such as --camera-size=640x480; may be repeated.")
    var kioskArguments: [String] = []

    static let shipped = "/usr/share/qrpin/scenarios"

    func validate() throws {
        guard (path == .memory) == (output == nil) else {
            throw ValidationError("--output: give a device with --path v4l2 and --path screen, and none with --path memory.")
        }
        if path == .memory, camera != nil { throw ValidationError("--camera: with --path memory the kiosk has no camera.") }
        guard (keypad == nil) == (kioskKeypad == nil) else {
            throw ValidationError("--keypad and --kiosk-keypad: give both ends of the cable, or neither.")
        }
    }

    func run() async throws {
        let scenarios = try ScenarioFiles.read(scenarios.isEmpty ? [Self.shipped] : scenarios)
        let programs = try BenchPrograms(directory: programs)
        let directory = try Self.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let report = try await untilSignal { try await play(scenarios, programs, directory) }
        printTable(report.table)
        for result in report.results {
            for failure in result.failures { print("\(result.scenario.file): \(failure)") }
        }
        if let junit { try Self.write(Data(report.junit.utf8), to: junit) }
        if let json { try Self.write(report.json(), to: json) }
        if report.hasFailed { throw ExitCode(1) }
    }

    private func play(_ scenarios: [Scenario], _ programs: BenchPrograms, _ directory: String) async throws -> BenchReport {
        let site = try await BenchSite(programs, directory: directory)
        return try await withThrowingTaskGroup(of: BenchReport?.self) { group in
            group.addTask {
                try await site.service.run()
                return nil
            }
            group.addTask { try await playAll(scenarios, programs, site) }
            defer { group.cancelAll() }
            while let report = try await group.next() {
                if let report { return report }
            }
            throw CancellationError()
        }
    }

    private func playAll(_ scenarios: [Scenario], _ programs: BenchPrograms, _ site: BenchSite) async throws -> BenchReport {
        try await site.admitFirstSignIns()
        var report = BenchReport(path: path.rawValue)
        let view = BenchProgress(count: scenarios.count)
        for (index, scenario) in scenarios.enumerated() {
            let keypad =
                if let keypad, let kioskKeypad { try BenchKeypad(typing: keypad, path: kioskKeypad) } else {
                    try BenchKeypad(directory: site.directory)
                }
            let play = BenchPlay(
                scenario: scenario, number: index + 1, programs: programs, site: site,
                sink: try sink(scenario.camera, site.directory), keypad: keypad, kioskArguments: kioskArguments
            ) { view.round($0) }
            report.add(try await play.run())
            view.ended(report.results[index])
        }
        return report
    }

    private func sink(_ model: CameraModel, _ directory: String) throws -> any FrameSink {
        switch (path, output) {
        case (.v4l2, let output?): try VideoOutputSink(output, camera: camera, model)
        case (.screen, let output?): try ScreenSink(output, camera: camera)
        default: try PictureFileSink(directory: directory)
        }
    }

    /// In memory, where there is such a place: no frame touches a disk.
    private static func makeDirectory() throws -> String {
        let memory = "/dev/shm"
        let parent = unsafe access(memory, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory.path
        let directory = "\(parent)/qrpin-bench-\(UUID())"
        try PrivateFile.makeDirectory(directory)
        return directory
    }

    private static func write(_ data: Data, to path: String) throws {
        do { try data.write(to: URL(filePath: path)) } catch {
            throw ValidationError("\(path) cannot be written. Is its directory there, and yours?")
        }
    }
}

/// Does the work until it ends, or SIGINT or SIGTERM does; then everything that it started is ended first. Throws the exit code of a
/// program that a signal ended.
func untilSignal<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        group.addTask {
            for await signal in signals { throw ExitCode(128 + signal.rawValue) }
            return nil
        }
        group.addTask { try await work() }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
