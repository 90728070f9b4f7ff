import BarcodeReader
import Foundation
import QRCode
import Testing
import VideoCapture

@testable import ScannerRuntime
@testable import SymbolLocator

/// Pictures of symbols as a camera sees them, drawn by a map of our own: not by the one that is tested.
enum Scene {
    static let payload = Array("ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw".utf8)

    /// A symbol with its quiet zone in a picture of 320 × 320 pixels, turned about its middle. Each pixel is the mean of four points.
    ///
    /// With a `roll`, it is rolled to a radius in modules, about an axis that is turned from upright, and seen from 30 degrees above.
    static func symbol(
        _ symbol: Symbol, pixelsPerModule scale: Float, degrees: Float = 0, tilt: Float = 1, isInverted: Bool = false,
        isMirrored: Bool = false, side: Int = 320, noise: Int = 0, roll: (radius: Float, degrees: Float)? = nil
    ) -> LumaPlane {
        let angle = degrees * .pi / 180
        let (sine, cosine) = (sin(angle), cos(angle))
        let (dark, light): (Float, Float) = isInverted ? (200, 40) : (40, 200)
        var random = HostilePictures.Random(state: 7)
        let pixels = (0..<side * side).map { index -> UInt8 in
            var sum: Float = 0
            for point in 0..<4 {
                let x = Float(index % side) + (Float(point % 2) + 0.5) / 2 - Float(side) / 2
                let y = Float(index / side) + (Float(point / 2) + 0.5) / 2 - Float(side) / 2
                var across = (x * cosine + y * sine) / scale * (isMirrored ? -1 : 1)
                var down = (y * cosine - x * sine) / (scale * tilt)
                if let roll { (across, down) = unrolled(across, down, roll.radius, roll.degrees * .pi / 180) }
                let half = Float(symbol.size) / 2
                let (column, row) = (Int((across + half).rounded(.down)), Int((down + half).rounded(.down)))
                let isInside = (0..<symbol.size).contains(column) && (0..<symbol.size).contains(row)
                sum += isInside && symbol[column, row] ? dark : light
            }
            return UInt8(max(0, min(255, Int(sum / 4) + (noise > 0 ? Int.random(in: -noise...noise, using: &random) : 0))))
        }
        return LumaPlane(width: side, height: side, pixels: pixels)
    }

    /// The place on a rolled card that is seen at a place of the picture.
    private static func unrolled(_ across: Float, _ down: Float, _ radius: Float, _ axis: Float) -> (Float, Float) {
        let (c, s) = (cos(axis), sin(axis))
        var (y, aside) = (down / 0.866, Float(0))
        // The farther from the axis, the lower it lies, and the higher it is seen; some rounds find both.
        for _ in 0..<8 {
            aside = max(-0.99 * radius, min(0.99 * radius, across * c + y * s))
            y = (down - (radius - (radius * radius - aside * aside).squareRoot()) / 2) / 0.866
        }
        let (arc, along) = (radius * asin(aside / radius), y * c - across * s)
        return (arc * c - along * s, arc * s + along * c)
    }
}

@Suite struct SymbolLocatorTests {
    private func read(_ plane: LumaPlane) -> [[UInt8]] { BarcodeReader().readSymbols(in: plane).map(\.payload) }

    @Test(arguments: [1.5, 2, 2.5, 3.3, 5] as [Float])
    func `a symbol is read at any size`(scale: Float) throws {
        let symbol = try Symbol(encoding: Scene.payload)
        #expect(read(Scene.symbol(symbol, pixelsPerModule: scale)) == [Scene.payload])
    }

    @Test(arguments: [1, 2, 9, 20, 30, 60])
    func `a symbol is read at one pixel a module, when they fall together, and at up to 60`(scale: Int) throws {
        let raster = try Symbol(encoding: [65]).greyRaster(pixelsPerModule: scale)
        #expect(read(LumaPlane(width: raster.width, height: raster.height, pixels: raster.pixels)) == [[65]])
    }

    @Test func `a symbol is read at any angle, of both polarities, and from behind`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        for degrees: Float in [0, 33, 45, 120, 250] {
            let plane = Scene.symbol(symbol, pixelsPerModule: 4, degrees: degrees, noise: 8)
            #expect(read(plane) == [Scene.payload], "\(degrees) degrees")
            let inverted = Scene.symbol(symbol, pixelsPerModule: 4, degrees: degrees, isInverted: true)
            #expect(read(inverted) == [Scene.payload], "\(degrees) degrees, light on dark")
            let mirrored = Scene.symbol(symbol, pixelsPerModule: 4, degrees: degrees, isMirrored: true)
            #expect(read(mirrored) == [Scene.payload], "\(degrees) degrees, mirrored")
        }
    }

    @Test(
        arguments: [(200, 0), (120, 20), (100, 0), (100, 45), (90, 45), (80, 45), (80, 10), (70, 0), (70, 20), (65, 10)]
            as [(Float, Float)])
    func `a symbol on a bent card is read`(radius: Float, degrees: Float) throws {
        // Without and with alignment patterns between its edges.
        for payload in [Scene.payload, Scene.payload + Scene.payload] {
            let symbol = try Symbol(encoding: payload)
            let plane = Scene.symbol(symbol, pixelsPerModule: 5, side: 400, roll: (radius, degrees))
            #expect(read(plane) == [payload], "\(symbol.size) modules")
        }
    }

    @Test(arguments: [0.8, 0.65, 0.5, 0.4] as [Float])
    func `a symbol is read that is seen from the side`(tilt: Float) throws {
        let symbol = try Symbol(encoding: Scene.payload)
        for degrees: Float in [0, 30, 45] {
            let plane = Scene.symbol(symbol, pixelsPerModule: 4.5, degrees: degrees, tilt: tilt)
            #expect(read(plane) == [Scene.payload], "\(degrees) degrees")
        }
    }

    @Test func `a symbol whose one finder pattern is hidden is read`() throws {
        let symbol = try Symbol(segments: [.byte(Scene.payload)], level: .quartile)
        let plane = Scene.symbol(symbol, pixelsPerModule: 4)
        let first = 160 - symbol.size * 2
        var pixels = plane.pixels
        for y in first..<first + 28 { for x in first..<first + 28 { pixels[y * 320 + x] = 120 } }
        #expect(read(LumaPlane(width: 320, height: 320, pixels: pixels)) == [Scene.payload])
    }

    @Test func `versions are counted right, the highest too`() throws {
        for length in [10, 200, 700, 1500, 2900] {
            let payload = (0..<length).map { UInt8(97 + $0 * $0 % 23) }
            let symbol = try Symbol(encoding: payload)
            let raster = symbol.greyRaster(pixelsPerModule: 3)
            #expect(
                read(LumaPlane(width: raster.width, height: raster.height, pixels: raster.pixels)) == [payload],
                "version \(symbol.version.number)")
        }
    }

    @Test func `the region is where the symbol is`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        let region = try #require(BarcodeReader().readSymbols(in: Scene.symbol(symbol, pixelsPerModule: 4)).first).region
        let (first, side) = (160 - symbol.size * 2, symbol.size * 4)
        for (seen, real) in [(region.x, first), (region.y, first), (region.width, side), (region.height, side)] {
            #expect(abs(seen - real) <= 4)
        }
    }

    @Test func `noise of any kind is silent`() {
        for seed in 0..<12 {
            var random = HostilePictures.Random(state: UInt64(seed))
            // From single pixels to blocks of 16, in two tones or all.
            let (grain, isBinary) = (1 << (seed % 4 + seed / 8), seed.isMultiple(of: 2))
            let blocks = (0..<160 * 120).map { _ in
                isBinary ? UInt8.random(in: 0...1, using: &random) * 255 : .random(in: 0...255, using: &random)
            }
            let pixels = (0..<320 * 240).map { blocks[$0 / 320 / grain % 120 * 160 + $0 % 320 / grain % 160] }
            #expect(read(LumaPlane(width: 320, height: 240, pixels: pixels)).isEmpty)
        }
    }

    @Test func `no size is too small, too long or wrong`() {
        var random = HostilePictures.Random(state: 3)
        for (width, height) in [
            (0, 0), (1, 1), (2, 1), (1, 9), (7, 7), (8, 8), (9, 17), (29, 29), (3, 8192), (8192, 3), (63, 65), (65_536, 9),
        ] {
            let pixels = (0..<width * height).map { _ in UInt8.random(in: 0...1, using: &random) * 255 }
            #expect(read(LumaPlane(width: width, height: height, pixels: pixels)).isEmpty)
        }
        #expect(LumaPlane(width: 3, height: 3, pixels: [1]).width == 0)
        #expect(LumaPlane(width: -1, height: -1, pixels: [1]).height == 0)
    }

    @Test func `a quick look at a row passes over none of a finder pattern's runs`() {
        var random = HostilePictures.Random(state: 3)
        var seen = 0
        for isBare in [false, true] {
            for _ in 0..<20_000 {
                let module = Float.random(in: 1...130, using: &random)
                var runs = [1, 1, 3, 1, 1].map { (module * ($0 + Float.random(in: -0.7...0.7, using: &random))).rounded(.up) }
                // What is dark around a bare one may go on far beyond it.
                if isBare { runs[0] = (20 * module).rounded() }
                guard FinderRuns(runs[0], runs[1], runs[2], runs[3], runs[4], isBare: isBare).module != nil else { continue }
                seen += 1
                let place = Int.random(in: 0..<8, using: &random)
                var edges = [UInt16](repeating: 0, count: 16)
                edges[place] = UInt16.random(in: 0...60_000, using: &random)
                for (index, run) in runs.enumerated() { edges[place + index + 1] = edges[place + index] &+ UInt16(run) }
                #expect(Kernels.patterns(edges, from: 0, isBare: isBare) >> UInt64(8 * place) & 255 == 255, "\(runs)")
            }
        }
        #expect(seen > 2000)
    }

    @Test(arguments: [(2, 2), (2, 9), (57, 31)]) func `eight samples are what each alone is, wherever they lie`(
        width: Int, height: Int
    ) {
        var random = HostilePictures.Random(state: 9)
        let pixels = (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
        let plane = LumaPlane(width: width, height: height, pixels: pixels)
        let (right, bottom) = (Float(width), Float(height))
        var places: [Point] = [0, 0.25, 0.5, 1, right - 1, right - 0.5, right, -1e9, 1e9, .infinity, -.infinity, .nan].flatMap {
            x in
            [0, 0.5, bottom - 0.5, bottom, -3, 1e30, .nan].map { Point(x, $0) }
        }
        places += (0..<800).map { _ in
            Point(Float.random(in: -2...right + 2, using: &random), Float.random(in: -2...bottom + 2, using: &random))
        }
        for first in stride(from: 0, to: places.count - 7, by: 4) {
            var (x, y) = (Eight.zero, Eight.zero)
            for lane in 0..<8 { (x[lane], y[lane]) = (places[first + lane].x, places[first + lane].y) }
            let eight = plane.samples(x, y)
            for lane in 0..<8 {
                #expect(abs(eight[lane] - plane.sample(places[first + lane])) < 0.01, "\(places[first + lane])")
            }
        }
    }

    @Test func `what lies between a lattice's points is displaced by as much of each`() throws {
        let square = Quadrilateral(topLeft: Point(0, 0), topRight: Point(1, 0), bottomRight: Point(1, 1), bottomLeft: Point(0, 1))
        var map = try #require(SymbolMap(corners: square))
        map.lattice = 4
        map.displacements = (0..<16).map { Point(Float($0 * $0), Float(-3 * $0)) }
        let points = map.displacements
        for row in 0..<3 {
            for column in 0..<3 {
                let (u, v) = ((Eight.steps / 7 + Float(column)) / 3, Eight(repeating: (Float(row) + 0.5) / 3))
                let (left, right) = (row * 4 + column, row * 4 + column + 1)
                let (first, last) = ((points[left] + points[left + 4]) / 2, (points[right] + points[right + 4]) / 2)
                let eight = map(u, v)
                for lane in 0..<8 {
                    let expected = Point(u[lane], v[lane]) + first + (last - first) * (Float(lane) / 7)
                    #expect((Point(eight.x[lane], eight.y[lane]) - expected).length < 0.001)
                    #expect((map(u[lane], v[lane]) - expected).length < 0.001)
                }
            }
        }
    }

    @Test func `nothing more is looked for once that is enough`() throws {
        let symbol = Scene.symbol(try Symbol(encoding: Scene.payload), pixelsPerModule: 4, side: 200)
        let row = (0..<200).flatMap { y in [0, 1].flatMap { _ in symbol.pixels[y * 200..<(y + 1) * 200] } }
        let pair = LumaPlane(width: 400, height: 200, pixels: row)
        func looks(_ answer: SymbolAnswer) -> Int {
            var count = 0
            SymbolLocator().locate(in: pair) { _, _ in
                count += 1
                return answer
            }
            return count
        }
        #expect(looks(.enough) == 1)
        #expect(looks(.read) == 2)
    }

    @Test func `half a plane is the mean of each four pixels, rounded`() {
        let half = LumaPlane(width: 3, height: 2, pixels: [65, 66, 1, 67, 69, 2]).halved()
        #expect(half.width == 1 && half.height == 1 && half.pixels == [67])
    }

    @Test func `a crop is cut to the plane`() {
        let plane = LumaPlane(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])
        let part = plane.cropped(to: .init(x: 1, y: -4, width: 9, height: 5))
        #expect(part.plane.pixels == [2, 3] && part.x == 1 && part.y == 0)
        #expect(plane.cropped(to: .init(x: 5, y: 5, width: 2, height: 2)).plane.pixels.isEmpty)
    }
}

@Suite struct FrameLadderTests {
    private func picture(_ pixels: [UInt8], _ width: Int, _ height: Int) throws -> LumaPicture {
        try LumaPicture(reading: Data("P5 \(width) \(height) 255\n".utf8) + Data(pixels))
    }

    @Test func `a badge is read in each frame, wherever it moves`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        var ladder = FrameLadder()
        for x in [10.0, 12, 40, 200, 205] {
            let raster = symbol.greyRaster(width: 400, height: 300, pixelsPerModule: 3, x: x, y: 30)
            let payloads = try ladder.read(picture(raster.pixels, 400, 300))
            #expect(payloads == [Scene.payload], "\(x)")
        }
    }

    @Test func `a badge is read that comes into a picture that was still for long`() throws {
        let symbol = try Symbol(encoding: Scene.payload)
        var ladder = FrameLadder()
        let empty = try picture([UInt8](repeating: 255, count: 400 * 300), 400, 300)
        for _ in 0..<50 {
            let payloads = ladder.read(empty)
            #expect(payloads.isEmpty)
        }
        let raster = symbol.greyRaster(width: 400, height: 300, pixelsPerModule: 3, x: 90, y: 30)
        let payloads = try ladder.read(picture(raster.pixels, 400, 300))
        #expect(payloads == [Scene.payload])
    }

    @Test func `motion is told from noise`() {
        var gate = MotionGate()
        var random = HostilePictures.Random(state: 1)
        func frame(_ light: Int) -> LumaPlane {
            var pixels = (0..<320 * 240).map { _ in UInt8(120 + Int.random(in: -8...8, using: &random)) }
            for y in 100..<140 { for x in 100..<140 { pixels[y * 320 + x] = UInt8(light) } }
            return LumaPlane(width: 320, height: 240, pixels: pixels)
        }
        let seen = [120, 120, 200, 200].map { gate.isStill(frame($0)) }
        #expect(seen == [false, true, false, true])
        // One pixel of eight, across and down, is looked at.
        _ = gate.isStill(frame(120))
        #expect(gate.moved == .init(x: 104, y: 104, width: 40, height: 40))
    }
}
