import CPNG

/// PNG files of one bit a pixel, through libpng.
public enum PNGWriter {
    /// A picture whose pixels are black where `isBlack`; sides of 1 to 32,768.
    ///
    /// Throws ``PNGError`` when a side is out of range or memory is short.
    public static func oneBit(width: Int, height: Int, isBlack: (_ x: Int, _ y: Int) -> Bool) throws(PNGError) -> [UInt8] {
        guard (1...32_768).contains(width), (1...32_768).contains(height) else { throw PNGError() }
        let stride = (width + 7) / 8
        var rows = [UInt8](repeating: 0xFF, count: stride * height)
        for y in 0..<height {
            for x in 0..<width where isBlack(x, y) { rows[y * stride + x / 8] &= ~(0x80 >> UInt8(x % 8)) }
        }
        // Deflate adds little to what it cannot compress; the chunks around it take under a hundred bytes.
        var file = [UInt8](repeating: 0, count: rows.count + rows.count / 500 + 1024)
        let count = unsafe cpng_write(rows, UInt32(width), UInt32(height), &file, file.count)
        guard count > 0 else { throw PNGError() }
        return Array(file.prefix(count))
    }
}

public struct PNGError: Error, CustomStringConvertible {
    public var description: String { "the PNG cannot be made: sides are 1 to 32768 pixels" }
}
