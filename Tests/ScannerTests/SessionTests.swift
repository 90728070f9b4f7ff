import Foundation
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime

@Suite struct FramePatienceTests {
    @Test func `the first frame may take five seconds, and longer each time that none came`() {
        var patience = FramePatience()
        var limits: [Duration] = []
        for _ in 0..<4 {
            limits.append(patience.limit)
            patience.closed(streamed: false)
        }
        #expect(limits == [.seconds(5), .seconds(10), .seconds(20), .seconds(20)])
        patience.closed(streamed: true)
        #expect(patience.limit == .seconds(5))
    }

    @Test(arguments: [(33, 2), (200, 4), (1000, 10)])
    func `a stall is twenty frames without one, between two seconds and ten`(interval: Int, limit: Int) {
        var patience = FramePatience()
        for _ in 0..<100 { patience.sawFrame(after: .milliseconds(interval)) }
        #expect(abs(patience.limit / .seconds(1) - Double(limit)) < 0.1)
    }

    @Test func `a slow first frame says nothing about the rate`() {
        var patience = FramePatience()
        patience.sawFrame(after: .seconds(4))
        #expect(patience.limit == .seconds(2))
    }
}

@Suite struct SightMeterTests {
    private func picture(_ raster: GreyRaster) throws -> LumaPicture { try LumaPicture(reading: Data(raster.pgm())) }

    @Test(arguments: 2...8) func `pixels per module are those of the symbol in view`(scale: Int) throws {
        let symbol = try Symbol(encoding: Array("ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59".utf8))
        let scene = symbol.greyRaster(pixelsPerModule: scale).centred(inWidth: 640, height: 480, ground: 200)
        #expect(try SightMeter.pixelsPerModule(picture(scene)) == Double(scale))
    }

    @Test func `where there is no code there are no modules, and no focus`() throws {
        let blank = try LumaPicture(reading: Data("P5 64 64 255\n".utf8) + Data(repeating: 128, count: 64 * 64))
        #expect(SightMeter.pixelsPerModule(blank) == nil && SightMeter.focus(blank) == 0)
        #expect(SightMeter.light(blank.luma) == (128 / 255.0, 0, 0))
    }

    @Test func `a sharp picture has more focus than a soft one`() throws {
        let symbol = try Symbol(encoding: [65])
        let sharp = try picture(symbol.greyRaster(pixelsPerModule: 8))
        // Half a pixel off, each edge is a grey pixel wide.
        let soft = try picture(symbol.greyRaster(width: 232, height: 232, pixelsPerModule: 8, x: 0.5, y: 0.5))
        #expect(SightMeter.focus(sharp) > 1.2 * SightMeter.focus(soft))
    }

    @Test func `a reading counts what was seen since the last one`() throws {
        var meter = SightMeter()
        let code = try picture(Symbol(encoding: [65]).greyRaster(pixelsPerModule: 4))
        for frame in 0...10 { meter.saw(code, codes: frame % 2, at: .milliseconds(frame * 100)) }
        let first = meter.reading(counts: FrameCounts())
        #expect(first.reads == 5 && first.misses == 6 && abs(first.framesPerSecond - 11) < 0.01)
        for frame in 11...20 { meter.saw(code, codes: 1, at: .milliseconds(frame * 100)) }
        let second = meter.reading(counts: FrameCounts())
        #expect(second.reads == 10 && second.misses == 0 && abs(second.framesPerSecond - 10) < 0.01)
    }
}
