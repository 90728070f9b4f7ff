import BarcodeReader
import Foundation
import QRCode
import ScannerRuntime
import Testing
import VideoCapture

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
