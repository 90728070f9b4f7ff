extension ModuleGrid {
    /// What a camera sees that looks straight at the symbol: a picture of `width` × `height` pixels with the symbol's quiet zone
    /// starting at `x`, `y`, at any number of pixels per module.
    ///
    /// Each pixel is the mean over its area: 0 for dark, 255 for light and for what lies outside.
    public func greyRaster(
        width: Int, height: Int, pixelsPerModule scale: Double, x: Double = 0, y: Double = 0, quietZone: Int = Self.quietZone
    ) -> GreyRaster {
        let columns = coverage(pixels: width, scale, x, quietZone)
        let rows = coverage(pixels: height, scale, y, quietZone)
        var raster = GreyRaster(width: width, height: height, ground: 255)
        for (row, vertical) in rows.enumerated() where !vertical.isEmpty {
            for (column, horizontal) in columns.enumerated() where !horizontal.isEmpty {
                var dark = 0.0
                for down in vertical {
                    for across in horizontal where self[across.module, down.module] { dark += down.share * across.share }
                }
                raster.pixels[row * width + column] = UInt8((255 * (1 - min(1, dark))).rounded())
            }
        }
        return raster
    }

    /// For each pixel of a line, the modules that it covers and how much of it each takes.
    private func coverage(pixels: Int, _ scale: Double, _ offset: Double, _ quietZone: Int) -> [[(module: Int, share: Double)]] {
        (0..<pixels).map { pixel in
            let start = (Double(pixel) - offset) / scale - Double(quietZone)
            let end = start + 1 / scale
            return (Int(start.rounded(.down))..<Int(end.rounded(.up))).compactMap { module in
                guard (0..<size).contains(module) else { return nil }
                let share = (min(end, Double(module + 1)) - max(start, Double(module))) * scale
                return share > 0 ? (module, share) : nil
            }
        }
    }
}
