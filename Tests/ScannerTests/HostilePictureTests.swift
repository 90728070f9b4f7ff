import Foundation
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime

/// Pictures made to break a decoder, the same at each run.
enum HostilePictures {
    /// A linear congruential generator (Knuth's MMIX constants): the corpus must not change from run to run.
    struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    static func jpegs(_ whole: Data, count: Int) -> [Data] {
        (0..<count).map { index in
            var random = Random(state: UInt64(index))
            var file = whole
            // A third each: the headers changed, the picture's data changed, and cut off.
            switch index % 3 {
            case 0:
                for _ in 0...index % 7 { file[Int.random(in: 2..<700, using: &random)] = .random(in: 0...255, using: &random) }
            case 1:
                for _ in 0..<50 { file[Int.random(in: 700..<file.count, using: &random)] = .random(in: 0...255, using: &random) }
            default: file = file.prefix(Int.random(in: 2..<file.count, using: &random))
            }
            return file
        }
    }

    /// Symbols with modules turned over, rows moved, and finder patterns where none belong: centres that lie inside a symbol are
    /// what CVE-2023-40889 (qr_reader_match_centers) is about. CVE-2023-40890 is in DataBar, which is switched off.
    static func symbols(count: Int) throws -> [Data] {
        try (0..<count).map { index in
            var random = Random(state: UInt64(index) &+ 77)
            let text = (0..<Int.random(in: 1..<[20, 200, 900][index % 3], using: &random)).map { _ in
                UInt8.random(in: 32...126, using: &random)
            }
            let scale = Int.random(in: 2...4, using: &random)
            let raster = try Symbol(encoding: text, level: .high).greyRaster(pixelsPerModule: scale)
            var pixels = raster.pixels
            let (width, height) = (raster.width, raster.height)
            for _ in 0..<[0, 5, 40][index % 3] {
                let (x, y) = (Int.random(in: 0..<width, using: &random), Int.random(in: 0..<height, using: &random))
                for dy in 0..<min(scale, height - y) {
                    for dx in 0..<min(scale, width - x) { pixels[(y + dy) * width + x + dx] ^= 255 }
                }
            }
            for _ in 0..<index % 5 {
                // A whole finder pattern: dark 7 × 7, light 5 × 5, dark 3 × 3 (ISO/IEC 18004 §6.3.3.1).
                guard width > 11 * scale else { break }
                let (x, y) = (
                    Int.random(in: 0..<width - 9 * scale, using: &random), Int.random(in: 0..<height - 9 * scale, using: &random)
                )
                for dy in 0..<9 * scale {
                    for dx in 0..<9 * scale {
                        let ring = max(abs(dx / scale - 4), abs(dy / scale - 4))
                        pixels[(y + dy) * width + x + dx] = ring == 4 || ring == 2 ? 255 : 0
                    }
                }
            }
            if index % 4 == 3 { pixels = Array(pixels[(width * height / 3)...]) + Array(pixels[..<(width * height / 3)]) }
            return Data("P5\n\(width) \(height)\n255\n".utf8) + Data(pixels)
        }
    }
}

extension JailTests {
    @Test func `a corpus of hostile pictures leaves the jailed decoders alive, and reading`() async {
        await #expect(processExitsWith: .success) {
            let directory = try Inside.makeDirectory()
            let badge = try PictureTests.fixture("badge.jpg")
            let pictures =
                try HostilePictures.symbols(count: 60) + HostilePictures.jpegs(Data(contentsOf: URL(filePath: badge)), count: 6)
            let files = try pictures.enumerated().map { index, picture in
                let file = directory.appending(path: "\(index)")
                try picture.write(to: file)
                return file.path
            }
            try Inside.run {
                _ = try PictureRun.lock(reading: files + [badge])
                let run = PictureRun(takingAny: true)
                let read = files.reduce(0) { $0 + run.read(file: $1).payloads.count }
                // Some are whole enough to be read; else they would hardly reach into the decoder.
                return read > 10 && run.read(file: badge).payloads.count == 1 ? nil : 2
            }
        }
    }
}
