import ArgumentParser
import FoundationEssentials
import ProcessPrivacy
import ScannerRuntime

/// `qrpin-scan`: pictures in, a line of text for each badge out.
@main
struct QRPinScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-scan",
        abstract: "Reads badge QR codes from a camera or from pictures and prints a line for each.",
        discussion: """
            Without --frames it reads from a camera, prints {"time": …, "text": …} for each badge, and {"state": …} when the \
            camera comes or goes. A badge that stays is printed once.
            """)

    @Option(help: "The camera. (default: the first /dev/video* that captures)") var device: String?
    @Option(help: "A directory of pictures (JPEG, PNG, PGM), or a quoted pattern such as 'shots/*.jpg'.") var frames: String?
    @Flag(help: "Prints payloads that are no badges, too.") var any = false
    @Flag(help: "With --frames: prints one JSON line for each picture, in order.") var json = false
    @Flag(help: "Prints bare payloads, as zbarcam --raw does.") var raw = false

    func validate() throws {
        if frames != nil, device != nil { throw ValidationError("Give --device or --frames, not both.") }
        if json, raw { throw ValidationError("Give --json or --raw, not both.") }
    }

    func run() throws {
        ProcessPrivacy.keepMemoryPrivate()
        if let frames { try readPictures(frames) } else { try readCamera() }
    }

    private func readPictures(_ pattern: String) throws {
        let files = PictureRun.files(matching: pattern)
        guard !files.isEmpty else {
            throw ValidationError("--frames \(pattern): no such files. Name a directory of pictures, or quote a pattern.")
        }
        let pictures = PictureRun(takingAny: any)
        for file in files {
            let reading = pictures.read(file: file)
            if json {
                try writeJSON(reading)
            } else {
                try write(Data(reading.payloads.map { $0 + "\n" }.joined().utf8), to: .standardOutput)
                if let error = reading.error { try write(Data("qrpin-scan: \(file): \(error)\n".utf8), to: .standardError) }
            }
        }
    }

    private func readCamera() throws {
        var camera = CameraRun(device: device, takingAny: any)
        try camera.run { line in
            if !raw { return try writeJSON(CameraLine(line)) }
            switch line {
            case .read(let text, _): try write(Data((text + "\n").utf8), to: .standardOutput)
            case .streaming: break
            case .absent(let reason): try write(Data("qrpin-scan: \(reason)\n".utf8), to: .standardError)
            }
        }
    }
}
