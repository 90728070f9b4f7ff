import BarcodeReader
import Foundation
import Glibc
import ScannerRuntime
import SymbolLocator
import VideoCapture

/// Our decoder's half of the comparison that `decoders.py` makes; one JSON line for each picture or sequence.
///
/// - `pictures LIST`: reads each file of a list, one path a line, and says what each rung of the ladder took and read.
/// - `empty DIRECTORY`: 1080p frames without a code, and what each takes.
/// - `sequences DIRECTORY`: badges that enter a 30 fps camera's view; writes a still frame of each for the others to read.
@main enum DecoderBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            print("usage: DecoderBenchmark pictures LIST | empty DIRECTORY | sequences DIRECTORY")
            exit(2)
        }
        if arguments[1] == "pictures" {
            for file in try String(contentsOfFile: arguments[2], encoding: .utf8).split(separator: "\n") {
                try printLine(read(String(file)))
            }
        } else if arguments[1] == "empty" {
            for scene in EmptyScene.allCases { try printLine(scene.run()) }
        } else {
            for sequence in BadgeSequence.all { try printLine(sequence.run(stillsIn: arguments[2])) }
        }
    }

    struct PictureLine: Encodable {
        let file: String
        var texts: [String] = []
        /// Where each text was seen: x, y, width and height in pixels.
        var regions: [[Int]] = []
        /// Milliseconds of processor time, all in all and by rung; `locate` is what is spent before the first drawing or without one.
        var milliseconds = 0.0
        var rungs: [String: Double] = [:]
        /// Symbols read, by rung.
        var wins: [String: Int] = [:]
    }

    private static func read(_ file: String) throws -> PictureLine {
        let picture = try LumaPicture(reading: Data(contentsOf: URL(filePath: file)))
        let plane = LumaPlane(width: picture.width, height: picture.height, pixels: picture.luma)
        let reader = BarcodeReader()
        var line = PictureLine(file: file)
        let start = processorMilliseconds()
        var (last, isFirst) = (start, true)
        SymbolLocator().locate(in: plane) { sight, rung in
            let before = processorMilliseconds()
            // Fitting belongs to the rung that it is for, but for the first, which the search comes before.
            line.rungs[isFirst ? "locate" : rung.rawValue, default: 0] += before - last
            isFirst = false
            let (drawing, density) = (sight.drawing, Int32(SymbolSight.lineSpacing))
            let payloads = reader.read(drawing.pixels, width: drawing.width, height: drawing.height, density: density)
            last = processorMilliseconds()
            line.rungs[rung.rawValue, default: 0] += last - before
            let region = sight.region
            for payload in payloads {
                line.texts.append(String(decoding: payload, as: UTF8.self))
                line.regions.append([region.x, region.y, region.width, region.height])
            }
            if !payloads.isEmpty { line.wins[rung.rawValue, default: 0] += 1 }
            return payloads.isEmpty ? .notRead : .read
        }
        let end = processorMilliseconds()
        line.rungs["locate", default: 0] += end - last
        line.milliseconds = end - start
        return line
    }

    static func printLine(_ line: some Encodable) throws {
        print(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
    }

    /// Of this thread: other work on the machine must not count.
    static func processorMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}
