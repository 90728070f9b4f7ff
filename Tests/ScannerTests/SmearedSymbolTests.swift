import BarcodeReader
import Foundation
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime
@testable import SymbolLocator

/// Pictures of symbols that move while the shutter is open.
@Suite struct SmearedSymbolTests {
    private static let payload = Array("ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoL".utf8)

    private func read(_ plane: LumaPlane) -> [UInt8]? { BarcodeReader().lookForSmeared(in: plane) { true }?.payload }

    /// The mean of pictures that are taken from step to step, of one pixel each, with noise.
    private func smeared(_ plane: LumaPlane, steps: Int, down: Bool = false) -> LumaPlane {
        var random = HostilePictures.Random(state: 7)
        var pixels = plane.pixels
        let (lines, length) = down ? (plane.width, plane.height) : (plane.height, plane.width)
        let (line, step) = down ? (1, plane.width) : (plane.width, 1)
        for index in 0..<lines {
            let first = index * line
            var sum = steps * Int(plane.pixels[first])
            for place in 0..<length {
                sum += Int(plane.pixels[first + place * step]) - Int(plane.pixels[first + max(0, place - steps) * step])
                pixels[first + place * step] = UInt8(max(0, min(255, sum / steps + Int.random(in: -6...6, using: &random))))
            }
        }
        return LumaPlane(width: plane.width, height: plane.height, pixels: pixels)
    }

    @Test(arguments: [12, 20])
    func `a symbol is read that moved by so many pixels, of which three are a module`(steps: Int) throws {
        let plane = Scene.symbol(try Symbol(encoding: Self.payload), pixelsPerModule: 3)
        for down in [false, true] { #expect(read(smeared(plane, steps: steps, down: down)) == Self.payload, "down: \(down)") }
    }

    @Test func `a symbol that moved is read when it is turned, light on dark, or large`() throws {
        let symbol = try Symbol(encoding: Self.payload)
        let turned = Scene.symbol(symbol, pixelsPerModule: 3, degrees: 8)
        #expect(read(smeared(turned, steps: 12)) == Self.payload)
        let upright = Scene.symbol(symbol, pixelsPerModule: 3, degrees: 90)
        #expect(read(smeared(upright, steps: 12)) == Self.payload)
        let inverted = Scene.symbol(symbol, pixelsPerModule: 3, isInverted: true)
        #expect(read(smeared(inverted, steps: 12)) == Self.payload)
        let large = Scene.symbol(symbol, pixelsPerModule: 8, side: 480)
        #expect(read(smeared(large, steps: 40)) == Self.payload)
    }

    @Test func `what is no symbol is silent`() {
        var random = HostilePictures.Random(state: 5)
        for (width, height) in [(0, 0), (1, 1), (9, 9), (9, 400), (400, 9), (320, 240)] {
            for grain in [1, 3, 8] {
                let blocks = (0..<width * height + 1).map { _ in UInt8.random(in: 0...1, using: &random) * 255 }
                let pixels = (0..<width * height).map { blocks[$0 / width / grain * width + $0 % width / grain] }
                #expect(read(LumaPlane(width: width, height: height, pixels: pixels)) == nil)
            }
        }
    }

    @Test func `lines are the means of two rows and those beside them, sharpened along`() {
        let plane = LumaPlane(width: 3, height: 4, pixels: [0, 40, 0, 0, 40, 0, 0, 40, 0, 80, 40, 80])
        let lines = Kernels.sharpLines(plane)
        // (4 × 160 - 0 - 0) / 8 in the middle of the upper line, (4 × 160 - 160 - 160) / 8 in that of the lower.
        #expect(lines.width == 3 && lines.height == 2 && lines.pixels == [0, 80, 0, 40, 40, 40])
    }

    @Test(arguments: [(8, 8), (9, 17), (31, 12)]) func `a transposed plane has columns for rows`(width: Int, height: Int) {
        let plane = LumaPlane(width: width, height: height, pixels: (0..<width * height).map { UInt8($0 % 251) })
        let turned = Kernels.transposed(plane)
        #expect(turned.width == height && turned.height == width)
        #expect(turned.pixels == (0..<width * height).map { UInt8(($0 % height * width + $0 / height) % 251) })
    }

    @Test func `a badge that comes into view is read while it still moves`() throws {
        let symbol = try Symbol(encoding: Self.payload)
        var ladder = FrameLadder(budget: .seconds(86_400))
        func look(_ plane: LumaPlane) throws -> [[UInt8]] {
            let header = Data("P5 \(plane.width) \(plane.height) 255\n".utf8)
            return try ladder.read(LumaPicture(reading: header + Data(plane.pixels)))
        }
        let empty = LumaPlane(width: 480, height: 300, pixels: [UInt8](repeating: 200, count: 480 * 300))
        for _ in 0..<10 {
            let payloads = try look(empty)
            #expect(payloads.isEmpty)
        }
        let raster = symbol.greyRaster(width: 480, height: 300, pixelsPerModule: 3, x: 200, y: 40)
        let payloads = try look(smeared(LumaPlane(width: 480, height: 300, pixels: raster.pixels), steps: 15))
        #expect(payloads == [Self.payload])
        // It is looked for where it was.
        #expect(abs((ladder.sight?.x ?? 0) - 219) < 8)
    }
}
