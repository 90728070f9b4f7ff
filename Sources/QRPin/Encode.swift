import ArgumentParser
import FoundationEssentials
import PNGWriter
import QRCode

/// `qrpin encode`: text to a QR symbol, as a file for print, screen or terminal, or as a camera sees it.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Encodes text as a QR symbol.")

    @Argument(help: "The text to encode. A badge's text is a secret: use --text-file for it.") var text: String?
    @Option(help: "Reads the text from this file.") var textFile: String?
    @Option(help: "Error correction level: l (the default), m, q or h. It is raised as far as the version allows.")
    var level: String?
    @Flag(help: "Encodes as Micro QR, which holds up to 35 digits, 21 capitals or 15 bytes.") var micro = false
    @Option(help: "Writes an SVG file.") var svg: String?
    @Option(help: "Writes a PNG file of one bit a pixel, one pixel a module.") var png: String?
    @Option(help: "Writes a PDF file of one page.") var pdf: String?
    @Option(help: "The size of a module in the SVG or PDF, in millimetres.") var moduleMm: Double?
    @Flag(help: "Prints the symbol in half blocks.") var terminal = false
    @Option(help: "Writes a grey picture (PGM).") var pgm: String?
    @Option(help: "Writes one raw YUYV frame, as a camera delivers it.") var yuyv: String?
    @Flag(
        help: ArgumentHelp(
            "Reads JSON Lines from standard input and prints each symbol as one.",
            discussion: """
                Fields of a line: id, text_b64 with mode (numeric, alphanumeric, byte, kanji; without mode the shortest \
                segments), or segments; structured_append, version (1 to 40, or M1 to M4), ec and mask. Answers: version, ec, mask, size, rows; or error.
                """)) var jsonl = false
    @Option(help: "The size of the picture or frame in pixels.") var frame = "640x480"

    func validate() throws {
        if let moduleMm, !(0.01...100).contains(moduleMm) { throw ValidationError("--module-mm: give 0.01 to 100 millimetres.") }
    }

    func run() throws {
        if jsonl { return try encodeLines() }
        let bytes = try Array(content().utf8)
        let symbol: any ModuleGrid =
            try micro
            ? MicroSymbol(encoding: bytes, level: errorCorrection()) : Symbol(encoding: bytes, level: errorCorrection() ?? .low)
        if let svg { try Data(symbol.svg(moduleMillimetres: moduleMm).utf8).write(to: URL(filePath: svg)) }
        if let png { try Data(Self.png(of: symbol)).write(to: URL(filePath: png)) }
        if let pdf { try Data(symbol.pdf(moduleMillimetres: moduleMm ?? 0.42)).write(to: URL(filePath: pdf)) }
        if terminal { print(symbol.terminalText(), terminator: "") }
        if let pgm { try Data(scene(of: symbol).pgm()).write(to: URL(filePath: pgm)) }
        if let yuyv {
            // YUYV carries a neutral chroma byte after each luma byte.
            try Data(scene(of: symbol).pixels.flatMap { [$0, 128] }).write(to: URL(filePath: yuyv))
        }
        if [svg, png, pdf, pgm, yuyv].allSatisfy({ $0 == nil }), !terminal {
            print(symbol.svg(moduleMillimetres: moduleMm), terminator: "")
        }
    }

    private static func png<Grid: ModuleGrid>(of symbol: Grid) throws -> [UInt8] {
        let modules = 0..<symbol.size
        let side = symbol.size + 2 * Grid.quietZone
        return try PNGWriter.oneBit(width: side, height: side) { x, y in
            let (x, y) = (x - Grid.quietZone, y - Grid.quietZone)
            return modules.contains(x) && modules.contains(y) && symbol[x, y]
        }
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
        return try readText(textFile)
    }

    private func errorCorrection() throws -> ErrorCorrectionLevel? {
        guard let level else { return nil }
        guard let level = ErrorCorrectionLevel(rawValue: level) else {
            throw ValidationError("--level \(level): choose l, m, q or h.")
        }
        return level
    }

    private func scene(of symbol: any ModuleGrid) throws -> GreyRaster {
        let sides = frame.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2 else { throw ValidationError("--frame \(frame): write WIDTHxHEIGHT.") }
        return try CameraScene(width: sides[0], height: sides[1]).raster(of: symbol)
    }
}
