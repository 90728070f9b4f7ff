import BarcodeReader
import Foundation
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime
@testable import SymbolLocator

/// Pictures of symbols of about a pixel per module, most pixels of which show parts of several modules.
@Suite struct TinySymbolTests {
    private func read(_ plane: LumaPlane) -> [[UInt8]] { BarcodeReader().readSymbols(in: plane).map(\.payload) }

    @Test(arguments: [1.15, 1.2, 1.3] as [Float])
    func `a symbol of one and a sixth pixels a module or little more is read, turned a little or not`(scale: Float) throws {
        let symbol = try Symbol(encoding: Scene.payload)
        let degrees: [Float] = [0, 0.7, 1.5, 2, 3, 4]
        let read = degrees.filter {
            self.read(Scene.symbol(symbol, pixelsPerModule: scale, degrees: $0, noise: 4)) == [Scene.payload]
        }
        #expect(read.count >= 5, "\(read)")
    }

    @Test func `where the symbol is does not matter`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        for (x, y) in [(6.3, 5.8), (150.5, 90.2), (345.1, 240.6)] {
            let raster = symbol.greyRaster(width: 400, height: 300, pixelsPerModule: 1.15, x: x, y: y)
            let plane = LumaPlane(width: 400, height: 300, pixels: raster.pixels)
            let found = BarcodeReader().look(in: plane, with: SymbolLocator(rungs: [.tiny], seeksBare: false)).found
            #expect(found.map(\.payload) == [Scene.payload])
            let region = try #require(found.first).region
            // The quiet zone is four modules wide.
            #expect(abs(Double(region.x) - x - 4.6) < 2 && abs(Double(region.y) - y - 4.6) < 2, "\(region)")
        }
    }

    @Test func `a camera reads it within a few frames`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        var ladder = FrameLadder()
        var payloads: [[UInt8]] = []
        for _ in 0..<4 where payloads.isEmpty {
            let plane = Scene.symbol(symbol, pixelsPerModule: 1.15, degrees: 1.5, noise: 4)
            let header = Data("P5 \(plane.width) \(plane.height) 255\n".utf8)
            payloads = try ladder.read(LumaPicture(reading: header + Data(plane.pixels)))
        }
        #expect(payloads == [Scene.payload])
    }

    @Test func `sharpening leaves what is flat, and takes four times what differs from the mean around it`() {
        let flat = LumaPlane(width: 3, height: 3, pixels: [UInt8](repeating: 90, count: 9))
        #expect(Kernels.sharpened(flat).pixels == flat.pixels)
        var dot = flat.pixels
        dot[4] = 98
        // The mean is a quarter of 8 above the ground: 98 + 4 · (98 - 92).
        #expect(Kernels.sharpened(LumaPlane(width: 3, height: 3, pixels: dot)).pixels[4] == 122)
    }
}
