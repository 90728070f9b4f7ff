import ArgumentParser
import FoundationEssentials
import QRCode

/// `qrpin encode`: text to a QR symbol, as SVG, grey picture or raw camera frame.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Encodes text as a QR symbol.")

    @Argument(help: "The text to encode. A badge's text is a secret: use --text-file for it.") var text: String?
    @Option(help: "Reads the text from this file.") var textFile: String?
    @Option(help: "Error correction level: l, m, q or h. It is raised as far as the version allows.") var level = "l"
    @Option(help: "Writes an SVG file.") var svg: String?
    @Option(help: "Writes a grey picture (PGM).") var pgm: String?
    @Option(help: "Writes one raw YUYV frame, as a camera delivers it.") var yuyv: String?
    @Flag(
        help: ArgumentHelp(
            "Reads JSON Lines from standard input and prints each symbol as one.",
            discussion: """
                Fields of a line: id, text_b64 with mode (numeric, alphanumeric, byte, kanji; without mode the shortest \
                segments), or segments; structured_append, version, ec and mask. Answers: version, ec, mask, size, rows; or error.
                """)) var jsonl = false
    @Option(help: "The size of the picture or frame in pixels.") var frame = "640x480"

    func run() throws {
        if jsonl { return try encodeLines() }
        let symbol = try Symbol(encoding: Array(content().utf8), level: errorCorrection())
        if let svg { try Data(symbol.svg().utf8).write(to: URL(filePath: svg)) }
        if let pgm { try Data(scene(of: symbol).pgm()).write(to: URL(filePath: pgm)) }
        if let yuyv {
            // YUYV carries a neutral chroma byte after each luma byte.
            try Data(scene(of: symbol).pixels.flatMap { [$0, 128] }).write(to: URL(filePath: yuyv))
        }
        if svg == nil, pgm == nil, yuyv == nil { print(symbol.svg()) }
    }

    private func encodeLines() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var isComplete = true
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let answer = EncodeAnswer(line: line)
            isComplete = isComplete && answer.error == nil
            print(String(decoding: try encoder.encode(answer), as: UTF8.self))
        }
        if !isComplete { throw ExitCode(1) }
    }

    private func content() throws -> String {
        guard let textFile else {
            guard let text else { throw ValidationError("Give a text, or --text-file FILE.") }
            return text
        }
        return try String(contentsOf: URL(filePath: textFile), encoding: .utf8)
    }

    private func errorCorrection() throws -> ErrorCorrectionLevel {
        guard let level = ErrorCorrectionLevel(rawValue: level) else {
            throw ValidationError("--level \(level): choose l, m, q or h.")
        }
        return level
    }

    private func scene(of symbol: Symbol) throws -> GreyRaster {
        let sides = frame.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2 else { throw ValidationError("--frame \(frame): write WIDTHxHEIGHT.") }
        return try CameraScene(width: sides[0], height: sides[1]).raster(of: symbol)
    }
}
