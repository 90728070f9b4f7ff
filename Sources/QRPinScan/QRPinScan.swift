import ArgumentParser
import FoundationEssentials
import ScannerRuntime

/// `qrpin-scan`: pictures in, a line of text for each badge out.
@main
struct QRPinScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin-scan", abstract: "Reads badge QR codes from pictures and prints a line for each.")

    @Option(help: "A directory of pictures, or a quoted pattern such as 'shots/*.jpg'.") var frames: String
    @Flag(help: "Prints payloads that are no badges, too.") var any = false
    @Flag(help: "Prints one JSON line for each picture, in order.") var json = false

    func run() throws {
        let files = PictureRun.files(matching: frames)
        guard !files.isEmpty else {
            throw ValidationError("--frames \(frames): no such files. Name a directory of pictures, or quote a pattern.")
        }
        let pictures = PictureRun(takingAny: any)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for file in files {
            let reading = pictures.read(file: file)
            if json {
                try write(encoder.encode(reading) + Data("\n".utf8), to: .standardOutput)
            } else {
                try write(Data(reading.payloads.map { $0 + "\n" }.joined().utf8), to: .standardOutput)
                if let error = reading.error { try write(Data("qrpin-scan: \(file): \(error)\n".utf8), to: .standardError) }
            }
        }
    }
}
