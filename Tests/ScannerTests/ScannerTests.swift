import BarcodeReader
import Foundation
import PNGWriter
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime

@Suite struct HoldOffTests {
    /// The tenths of a second at which badges are reported, of frames one tenth apart that show what they are given, each for so many tenths;
    /// without a frame where that is nil.
    private func reported(_ sights: [(text: String?, tenths: Int)]) -> [Int] {
        var (holdOff, now, reports) = (HoldOff(), 0, [Int]())
        for (text, tenths) in sights {
            for _ in 0..<tenths {
                defer { now += 1 }
                guard let text else { continue }
                holdOff.sawFrame(at: .milliseconds(100 * now))
                if !text.isEmpty, holdOff.admits(text) { reports.append(now) }
            }
        }
        return reports
    }

    @Test func `a badge that stays is reported once, and again when it was away for three seconds`() {
        #expect(reported([("a", 50), ("", 28), ("a", 10), ("", 30), ("a", 10)]) == [0, 118])
    }

    @Test func `another badge is reported at once`() {
        #expect(reported([("a", 3), ("b", 3), ("a", 3)]) == [0, 3, 6])
    }

    @Test(arguments: [20, 40, 200]) func `a badge that is there before and after a stall is one`(tenths: Int) {
        #expect(reported([("a", 50), (nil, tenths), ("a", 50)]) == [0])
        #expect(reported([("a", 50), ("", 10), (nil, tenths), ("", 5), ("a", 50)]) == [0])
    }

    @Test func `a badge is shown anew after half a minute without a camera`() {
        #expect(reported([("a", 10), (nil, 300), ("a", 10)]) == [0, 310])
    }
}

@Suite struct LoopbackTests {
    @Test func `what the encoder draws, ZBar reads, at every version of a badge and at 3 to 6 pixels a module`() throws {
        let reader = BarcodeReader()
        for length in stride(from: 60, through: 300, by: 20) {
            let text = "ms-qrpin:v1|" + String(repeating: "a7-", count: length / 3)
            for scale in 3...6 {
                let raster = try Symbol(encoding: Array(text.utf8)).greyRaster(pixelsPerModule: scale)
                let found = reader.read(raster.pixels, width: raster.width, height: raster.height)
                #expect(found == [Array(text.utf8)], "\(length) bytes at \(scale) pixels a module")
            }
        }
    }

    @Test(arguments: [2.5, 3.3, 4.7, 6.1])
    func `ZBar reads a symbol at any scale and at any part of a pixel`(scale: Double) throws {
        let text = Array("ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw".utf8)
        let symbol = try Symbol(encoding: text)
        for offset in [0.0, 0.25, 0.5, 10.75] {
            let raster = symbol.greyRaster(width: 400, height: 400, pixelsPerModule: scale, x: offset, y: 40 + offset / 2)
            #expect(BarcodeReader().read(raster.pixels, width: 400, height: 400) == [text], "\(scale) at \(offset)")
        }
    }

    @Test func `a whole number of pixels a module gives the plain raster`() throws {
        let symbol = try Symbol(encoding: [65])
        #expect(symbol.greyRaster(width: 87, height: 87, pixelsPerModule: 3) == symbol.greyRaster(pixelsPerModule: 3))
    }

    @Test func `a version 10 badge is a PNG of at most 700 bytes, which libpng reads back module for module`() throws {
        let text = (0..<270).map { (index: Int) -> UInt8 in 97 + UInt8((index * index * 31 + index) % 26) }
        let symbol = try Symbol(encoding: text)
        let raster = symbol.greyRaster(pixelsPerModule: 1)
        let file = try PNGWriter.oneBit(width: raster.width, height: raster.height) { raster.pixels[$1 * raster.width + $0] == 0 }
        #expect(symbol.version.number == 10 && file.count <= 700)
        #expect(try LumaPicture(reading: Data(file)).luma == raster.pixels)
    }

    @Test func `a PNG without sides is refused`() {
        #expect(throws: PNGError.self) { try PNGWriter.oneBit(width: 0, height: 1) { _, _ in true } }
    }

    @Test func `a picture of nothing is silent, and so is one whose size is wrong`() {
        let reader = BarcodeReader()
        #expect(reader.read([UInt8](repeating: 128, count: 640 * 480), width: 640, height: 480).isEmpty)
        #expect(reader.read([], width: 640, height: 480).isEmpty)
        #expect(reader.read([1], width: 0, height: 0).isEmpty)
    }
}

@Suite struct PictureTests {
    static func fixture(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
    }

    @Test func `a JPEG becomes luma of its size`() throws {
        let picture = try LumaPicture(reading: Data(contentsOf: URL(filePath: Self.fixture("badge.jpg"))))
        #expect(picture.width == 1920 && picture.height == 1080 && picture.luma.count == 1920 * 1080)
    }

    @Test func `a PNG becomes luma of its size`() throws {
        // 3 × 2 RGB pixels, written with Python's zlib: black, white, grey 128; black, white, grey 1.
        let file = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAGElEQVR4nGNgYGD4//9/Q0MDA4TFyMgIAE3eB35vtz7HAAAAAElFTkSuQmCC"
        let picture = try LumaPicture(reading: #require(Data(base64Encoded: file)))
        #expect(picture.width == 3 && picture.luma == [0, 255, 128, 0, 255, 1])
        for length in 4..<80 { _ = try? LumaPicture(reading: #require(Data(base64Encoded: file)).prefix(length)) }
    }

    @Test func `a PGM is read with its comments`() throws {
        let picture = try LumaPicture(reading: Data("P5 # two\n2\n1 255\nAB".utf8))
        #expect(picture.luma == [65, 66])
    }

    @Test(arguments: [
        "P5 2 2 255\nABC", "P5 2 2 65535\nABCDEFGH", "P5", "P5 0 1 255\n", "P5 99999 1 255\n", "P5 -1 1 255\n", "GIF89a", "",
    ])
    func `a broken picture is an error that says how`(content: String) {
        let error = #expect(throws: PictureError.self) { try LumaPicture(reading: Data(content.utf8)) }
        #expect(error?.description.isEmpty == false)
    }

    @Test func `a JPEG cut off anywhere, or with any byte changed, never crashes`() throws {
        let whole = try Data(contentsOf: URL(filePath: Self.fixture("badge.jpg")))
        for length in stride(from: 0, to: whole.count, by: whole.count / 40) {
            _ = try? LumaPicture(reading: whole.prefix(length))
        }
        for position in stride(from: 2, to: 700, by: 31) {
            var changed = whole
            changed[position] ^= 0xFF
            _ = try? LumaPicture(reading: changed)
        }
    }

    @Test func `a directory is read in order, and a file that is no picture gets its line too`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let text = "ms-qrpin:v1|ada@example.test"
        let raster = try Symbol(encoding: Array(text.utf8)).greyRaster(pixelsPerModule: 4)
        try Data(raster.pgm()).write(to: directory.appending(path: "b.pgm"))
        try Data(Symbol(encoding: [65]).greyRaster(pixelsPerModule: 4).pgm()).write(to: directory.appending(path: "c.pgm"))
        try Data("no picture".utf8).write(to: directory.appending(path: "a.txt"))

        let files = PictureRun.files(matching: directory.path)
        #expect(files.map { $0.split(separator: "/").last } == ["a.txt", "b.pgm", "c.pgm"])
        #expect(PictureRun.files(matching: directory.path + "/*.pgm") == Array(files.dropFirst()))
        let badges = PictureRun(takingAny: false)
        #expect(badges.read(file: files[0]).error != nil)
        #expect(badges.read(file: files[1]).payloads == [text])
        #expect(badges.read(file: files[2]).payloads.isEmpty)
        #expect(PictureRun(takingAny: true).read(file: files[2]).payloads == ["A"])
    }
}
