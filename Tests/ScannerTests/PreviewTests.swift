import BarcodeReader
import Foundation
import QRCode
import SymbolLocator
import Testing
import VideoCapture

@testable import ScannerRuntime

@Suite struct PreviewTests {
    /// Each pixel's luma is its column, at most 255.
    private func ramp(width: Int, height: Int) throws -> LumaPicture {
        let row = Data((0..<width).map { UInt8(min($0, 255)) })
        return try LumaPicture(reading: Data("P5 \(width) \(height) 255\n".utf8) + (0..<height).map { _ in row }.joined())
    }

    @Test(arguments: [
        (1920, 1080, 160, 90), (1280, 720, 160, 90), (640, 480, 160, 120), (480, 640, 120, 160), (100, 50, 100, 50),
        (161, 10, 80, 5),
    ])
    func `a frame becomes at most 160 pixels wide and high and keeps its shape`(
        width: Int, height: Int, newWidth: Int, newHeight: Int
    ) throws {
        let preview = Preview(try ramp(width: width, height: height), outline: nil)
        #expect(preview.width == newWidth && preview.height == newHeight && preview.outline == nil)
        #expect(preview.luma.count == newWidth * newHeight)
    }

    @Test func `a pixel is the mean of those that it stands for`() throws {
        let preview = Preview(try ramp(width: 640, height: 480), outline: nil)
        // Columns 4 to 7 have the mean 5.5.
        #expect(preview.luma[0..<3] == [1, 5, 9] && preview.luma[160..<162] == [1, 5] && preview.luma.last == 255)
    }

    @Test func `a code that was read is blotted out`() throws {
        let symbol = try Symbol(encoding: Array("ms-qrpin:v1|ada@example.test".utf8))
        let scene = symbol.greyRaster(pixelsPerModule: 12).centred(inWidth: 640, height: 480, ground: 200)
        let picture = try LumaPicture(reading: Data(scene.pgm()))
        var ladder = FrameLadder()
        #expect(ladder.read(picture).count == 1)
        let preview = Preview(picture, outline: ladder.sight)
        #expect(BarcodeReader().read(preview.luma, width: preview.width, height: preview.height).isEmpty)
        let shown = Preview(picture, outline: nil)
        #expect(BarcodeReader().read(shown.luma, width: shown.width, height: shown.height).count == 1, "it could be read else")
    }

    @Test(arguments: [
        ((40, 20, 80, 60), [10, 5, 20, 15]), ((-8, -8, 100, 100), [0, 0, 23, 23]), ((600, 440, 100, 100), [150, 110, 10, 10]),
        ((700, 500, 10, 10), [160, 120, 0, 0]),
    ])
    func `the outline is where the badge is, within the picture`(region: (Int, Int, Int, Int), outline: [Int]) throws {
        let region = SymbolSight.Region(x: region.0, y: region.1, width: region.2, height: region.3)
        #expect(Preview(try ramp(width: 640, height: 480), outline: region).outline == outline)
    }
}
