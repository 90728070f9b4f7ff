extension ModuleGrid {
    /// An SVG file: white ground, quiet zone, one path with a stroke for each run of dark modules.
    ///
    /// Its size is `pixelsPerModule` pixels to a module, or `moduleMillimetres` when that is given.
    public func svg(quietZone: Int = Self.quietZone, pixelsPerModule: Int = 3, moduleMillimetres: Double? = nil) -> String {
        let side = size + 2 * quietZone
        var path = "M0 .5"
        var pen = (x: -quietZone, y: -quietZone)
        for y in 0..<size {
            for run in darkRuns(row: y) {
                // Relative moves are the shortest form: fewer digits than absolute ones.
                path += "m\(run.lowerBound - pen.x) \(y - pen.y)h\(run.count)"
                pen = (run.upperBound, y)
            }
        }
        let length = moduleMillimetres.map { "\(($0 * Double(side) * 1000).rounded() / 1000)mm" } ?? "\(side * pixelsPerModule)"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(length)" height="\(length)" \
            viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\(side)v\(side)H0z"/>\
            <path stroke="#000" d="\(path)"/></svg>

            """
    }

    /// A grey picture of the symbol: dark modules 0, light ones and the quiet zone 255.
    public func greyRaster(pixelsPerModule scale: Int, quietZone: Int = Self.quietZone) -> GreyRaster {
        let side = (size + 2 * quietZone) * scale
        var raster = GreyRaster(width: side, height: side, ground: 255)
        for y in 0..<size * scale {
            for x in 0..<size * scale where self[x / scale, y / scale] {
                raster.pixels[(y + quietZone * scale) * side + x + quietZone * scale] = 0
            }
        }
        return raster
    }
}

/// A picture of 8-bit luma: `height` rows of `width` pixels, 0 black, 255 white.
public struct GreyRaster: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public internal(set) var pixels: [UInt8]

    /// `pixels` are `height` rows of `width`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height, "a raster has width times height pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    init(width: Int, height: Int, ground: UInt8) {
        self.init(width: width, height: height, pixels: Array(repeating: ground, count: width * height))
    }

    /// A PGM file (`man 5 pgm`, raw form).
    public func pgm() -> [UInt8] { Array("P5\n\(width) \(height)\n255\n".utf8) + pixels }

    /// This picture in the middle of a larger one; what does not fit is cut off.
    public func centred(inWidth width: Int, height: Int, ground: UInt8 = 255) -> GreyRaster {
        var scene = GreyRaster(width: width, height: height, ground: ground)
        let left = (width - self.width) / 2
        let top = (height - self.height) / 2
        for y in max(0, top)..<min(height, top + self.height) {
            for x in max(0, left)..<min(width, left + self.width) {
                scene.pixels[y * width + x] = pixels[(y - top) * self.width + x - left]
            }
        }
        return scene
    }
}
