import BarcodeReader
import QRCode
import Testing

@testable import SignInBench

struct BadgeSceneTests {
    private static let text = "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"

    private func scene(_ change: (inout BadgeView) -> Void) throws -> BadgeScene {
        var view = BadgeView()
        change(&view)
        return BadgeScene(symbol: try Symbol(text: Self.text), view: view, camera: CameraModel())
    }

    private func read(_ frame: GreyRaster) -> [String] {
        BarcodeReader().read(frame.pixels, width: frame.width, height: frame.height).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a badge is where the view puts it, as large as it says`() throws {
        let frame = try scene { ($0.size, $0.x, $0.y) = (0.5, 0.25, -0.125) }.frame(at: 0)
        // Its middle is at 320 + 0.25 × 640 and 240 − 0.125 × 480, its side 0.5 × 480; ground is grey, the quiet zone white.
        let (left, right, top, bottom) = (360, 599, 60, 299)
        #expect(frame.pixels[180 * 640 + left] == 235 && frame.pixels[180 * 640 + left - 1] == 130)
        #expect(frame.pixels[180 * 640 + right] == 235 && frame.pixels[180 * 640 + right + 1] == 130)
        #expect(frame.pixels[top * 640 + 480] == 235 && frame.pixels[(top - 1) * 640 + 480] == 130)
        #expect(frame.pixels[bottom * 640 + 480] == 235 && frame.pixels[(bottom + 1) * 640 + 480] == 130)
    }

    @Test func `the nearer edge of a tilted badge is the longer one`() throws {
        let frame = try scene { ($0.size, $0.tilt) = (0.7, 40) }.frame(at: 0)
        func height(ofColumn column: Int) -> Int { (0..<480).count { frame.pixels[$0 * 640 + column] != 130 } }
        let columns = (0..<640).filter { height(ofColumn: $0) > 0 }
        let (first, last) = (try #require(columns.first), try #require(columns.last))
        // Tilting to a positive angle takes the right edge away from the camera.
        #expect(height(ofColumn: first + 2) > height(ofColumn: last - 2) + 20)
        // Foreshortened by about the angle's cosine.
        #expect(abs(Double(last - first) - 0.7 * 480 * 0.766) < 25)
    }

    @Test func `a camera reads a badge held plainly, turned, tilted, unsteady, dim and noisy`() throws {
        let views: [(inout BadgeView) -> Void] = [
            { _ in }, { $0.turn = 30 }, { ($0.tilt, $0.nod) = (25, -15) }, { ($0.light, $0.shade) = (0.3, 0.5) }, { $0.blur = 1 },
            { ($0.sway, $0.exposure) = (0.03, 10) },
        ]
        for (number, view) in views.enumerated() {
            #expect(read(try scene(view).frame(at: 0.3)) == [Self.text], "view \(number)")
        }
        var noise = CameraNoise(deviation: 12)
        #expect(read(noise.added(to: try scene { _ in }.frame(at: 0))) == [Self.text])
    }

    @Test func `in the dark, and where nobody is, there is nothing to read`() throws {
        let dark = try scene { $0.light = 0 }.frame(at: 0)
        #expect(dark.pixels.allSatisfy { $0 == 0 })
        #expect(read(BadgeScene.empty(CameraModel())) == [])
    }

    @Test func `a badge that approaches is not in the picture at first, and whole in the end`() throws {
        let scene = try scene { $0.approach = 1 }
        #expect(scene.frame(at: 0) == BadgeScene.empty(CameraModel()))
        #expect(!scene.isWhole(at: 0) && scene.isWhole(at: 1))
        #expect(!scene.isStill(at: 0.5) && scene.isStill(at: 1))
        #expect(scene.frame(at: 1) == scene.frame(at: 2))
    }

    @Test func `what is too near or too far to the side is not whole`() throws {
        #expect(try scene { $0.size = 0.9 }.isWhole(at: 0))
        #expect(try !scene { $0.size = 1.5 }.isWhole(at: 0))
        #expect(try !scene { $0.x = 0.4 }.isWhole(at: 0))
    }

    @Test func `noise has the deviation asked for, differs from frame to frame, and is the same in each run`() {
        let grey = BadgeScene.empty(CameraModel())
        var (noise, again) = (CameraNoise(deviation: 8), CameraNoise(deviation: 8))
        let (first, second) = (noise.added(to: grey), noise.added(to: grey))
        #expect(first != second)
        #expect(first == again.added(to: grey))
        let differences = first.pixels.map { Double($0) - 130 }
        let mean = differences.reduce(0, +) / Double(differences.count)
        let squares = differences.map { ($0 - mean) * ($0 - mean) }
        let deviation = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        #expect(abs(mean) < 0.2)
        #expect(abs(deviation - 8) < 0.3)
    }
}
