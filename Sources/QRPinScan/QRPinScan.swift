import ArgumentParser
import FoundationEssentials
import Glibc
import ProcessPrivacy
import ScannerJail
import ScannerRuntime
import VideoCapture

/// `qrpin-scan`: pictures in, a line of text for each badge out.
@main
struct QRPinScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-scan",
        abstract: "Reads badge QR codes from a camera or from pictures and prints a line for each.",
        discussion: """
            Without --frames it reads from a camera, prints {"time": …, "text": …} for each badge, and {"state": …} when the \
            camera comes or goes. A badge that stays is printed once.

            What parses pictures can neither write or open files nor use a network. Exit status: 0 after --once or the last picture; \
            the signal's when a picture crashed the decoder.
            """)

    @Option(help: "The camera. (default: the first /dev/video* that captures)") var device: String?
    @Option(help: "A directory of pictures (JPEG, PNG, PGM), or a quoted pattern such as 'shots/*.jpg'.") var frames: String?
    @Flag(help: "Prints payloads that are no badges, too.") var any = false
    @Flag(help: "With --frames or --list-devices: prints one JSON line for each, in order. A camera's lines are JSON anyway.")
    var json = false
    @Flag(help: "Prints bare payloads, as zbarcam --raw does.") var raw = false
    @Flag(help: "Ends after the first badge.") var once = false
    @Flag(help: "Shows focus, light, the code's pixels per module and the frame rate, for setting a camera up.") var meter = false
    @Flag(help: "Prints a small grey picture ten times a second, too: the preview of the kiosk's page.") var preview = false
    @Flag(help: "Says what is wrong with the options, and ends.") var check = false
    @Flag(help: "Lists the cameras with their stable names, formats and sizes.") var listDevices = false

    @Option(help: "The picture's size. (default: the largest up to 1920x1080 at which the camera is fast enough)") var size: Size?
    @Option(help: "Frames a second. (default: up to 30)") var rate: Double?
    @Option(help: "The pixel format, as v4l2-ctl --list-formats names it. (default: the cheapest that the camera has)")
    var format: PixelFormat?
    @Option(
        name: .customLong("control"), parsing: .singleValue,
        help: "Sets a control, as v4l2-ctl --list-ctrls names it; may be repeated. Set what is automatic to manual first.")
    var controls: [CameraControl] = []

    func validate() throws {
        if frames != nil, device != nil { throw ValidationError("Give --device or --frames, not both.") }
        if json, raw { throw ValidationError("Give --json or --raw, not both.") }
        if meter, frames != nil || json || raw {
            throw ValidationError("--meter is for people: give it without --frames, --json and --raw.")
        }
        if preview, meter || raw || frames != nil {
            throw ValidationError("--preview is for programs: give it without --frames, --raw and --meter.")
        }
        if let rate, !(1...1000).contains(rate) { throw ValidationError("--rate is 1 to 1000 frames a second.") }
        if frames != nil, size != nil || rate != nil || format != nil || !controls.isEmpty {
            throw ValidationError("--size, --rate, --format and --control are for a camera, not for --frames.")
        }
    }

    func run() throws {
        ProcessPrivacy.keepMemoryPrivate()
        if check { return }
        if listDevices {
            try DeviceTable.write(Camera.list(), json: json)
        } else if let frames {
            try readPictures(frames)
        } else {
            try readCamera()
        }
    }

    private func readPictures(_ pattern: String) throws {
        let files = PictureRun.files(matching: pattern)
        guard !files.isEmpty else {
            throw ValidationError("--frames \(pattern): no such files. Name a directory of pictures, or quote a pattern.")
        }
        if let warning = try PictureRun.lock(reading: files) { try writeError(warning) }
        let pictures = PictureRun(takingAny: any)
        for file in files {
            let reading = pictures.read(file: file)
            if json {
                try writeJSON(reading)
            } else {
                try writeText(reading.payloads.map { $0 + "\n" }.joined())
                if let error = reading.error { try writeError("\(file): \(error)") }
            }
            if once, !reading.payloads.isEmpty { return }
        }
    }

    private func readCamera() throws {
        var settings = CameraRun.Settings()
        settings.device = device
        settings.wish = CameraWish(format: format, width: size?.width, height: size?.height, rate: rate)
        settings.controls = controls
        settings.takesAny = any
        settings.showsPreview = preview
        let isTerminal = isatty(Output.standardOutput.rawValue) == 1
        settings.meterInterval = meter ? (isTerminal ? 0.2 : 1) : nil
        let view = MeterView(isTerminal: isTerminal)

        var camera = CameraRun(settings)
        let ending = try camera.run { line throws(CameraRun.Stop) in
            do {
                try meter ? view.write(line) : write(line)
            } catch {
                // The reader went away: nothing more can be told to it.
                throw CameraRun.Stop(status: 1)
            }
            if once, case .read = line { throw CameraRun.Stop(status: 0) }
        }
        switch ending {
        case .stopped(let status): throw ExitCode(status)
        case .crashed(let signal):
            // Whoever started this program sees what happened as if it had happened here, and counts it.
            if signal != SIGPIPE { try writeError(unsafe "the reader crashed: \(String(cString: strsignal(signal))).") }
            _ = Glibc.signal(signal, SIG_DFL)
            kill(getpid(), signal)
            throw ExitCode(128 + signal)
        }
    }

    private func write(_ line: CameraRun.Line) throws {
        if case .warning(let warning) = line { return try writeError(warning) }
        if !raw { return try writeJSON(CameraLine(line)) }
        switch line {
        case .read(let text, _): try writeText(text + "\n")
        case .absent(let reason): try writeError(reason)
        case .streaming, .meter, .preview, .warning: break
        }
    }
}
