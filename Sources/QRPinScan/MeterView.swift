import ScannerRuntime
import VideoCapture

/// What `--meter` shows: a block of lines that stays in its place on a terminal, else one line a reading.
final class MeterView {
    private let isTerminal: Bool
    private var title = ""
    /// Lines of the block that the next one overwrites.
    private var height = 0

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    func write(_ line: CameraRun.Line) throws {
        switch line {
        case .streaming(let device, let mode):
            let format = mode.map {
                "\($0.format.name) \($0.width)x\($0.height)" + ($0.rate.map { " at \(decimal($0))/s" } ?? "")
            }
            title = [device, format ?? ""].joined(separator: "  ")
            height = 0
            if !isTerminal { try writeText(title + "\n") }
        case .meter(let reading): try writeText(isTerminal ? block(reading) : row(reading) + "\n")
        case .absent(let reason):
            height = 0
            try writeError(reason)
        case .warning(let warning): try writeError(warning)
        case .read, .preview:
            // A payload holds a key; that it was read is in the readings.
            break
        }
    }

    private func row(_ reading: MeterReading) -> String {
        [
            "focus \(whole(reading.focus)) of \(whole(reading.bestFocus))",
            "light \(percent(reading.light)) \(judgement(ofLight: reading))",
            "module " + (reading.pixelsPerModule.map { "\(decimal($0)) px" } ?? "none"),
            "\(decimal(reading.framesPerSecond)) frames/s",
            "read \(reading.reads)", "missed \(reading.misses)", "skipped \(reading.counts.skipped)", "bad \(reading.counts.bad)",
        ].joined(separator: "  ")
    }

    private func block(_ reading: MeterReading) -> String {
        let module = reading.pixelsPerModule.map { "\(decimal($0)) pixels, \(judgement(ofModule: $0))" } ?? "no code in view"
        let lines = [
            title,
            "focus   \(bar(reading.focus / max(reading.bestFocus, 1)))  \(whole(reading.focus)), best \(whole(reading.bestFocus))",
            "light   \(bar(reading.light))  \(percent(reading.light)), \(judgement(ofLight: reading))",
            "module  \(bar((reading.pixelsPerModule ?? 0) / 10))  \(module)",
            "frames  \(decimal(reading.framesPerSecond)) a second; codes read in \(reading.reads), missed in \(reading.misses)",
            "        \(reading.counts.skipped) skipped for newer ones, \(reading.counts.bad) bad",
        ]
        // Up to the block's first line (ECMA-48 CUU), and each line cleared before it is written (EL).
        let start = height > 0 ? "\u{1B}[\(height)A" : ""
        height = lines.count
        return start + lines.map { "\u{1B}[2K\($0)\n" }.joined()
    }

    private func judgement(ofLight reading: MeterReading) -> String {
        if reading.white > 0.1 || reading.light > 0.85 { return "too bright" }
        if reading.light < 0.15 { return "too dark" }
        return "good"
    }

    private func judgement(ofModule pixels: Double) -> String { pixels < 2 ? "too small" : pixels < 3 ? "small" : "good" }

    private func bar(_ share: Double) -> String {
        let full = Int((max(0, min(1, share)) * 24).rounded())
        return String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
    }

    private func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }
    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
