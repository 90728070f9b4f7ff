public import FoundationEssentials

/// What the camera sees, small and grey, as the scanner sends it. It is passed on as it is: nothing in the kiosk parses a picture.
public struct ScannerPreview: Decodable, Hashable, Sendable {
    /// 1 to 160 pixels each.
    public let width: Int
    public let height: Int
    /// One byte a pixel, row by row, 0 is black.
    public let luma: Data
    /// Where the badge was read: x, y, width and height in pixels, within the picture.
    public let outline: [Int]?

    /// Whether it is what the scanner promises.
    var isWhole: Bool {
        guard (1...160).contains(width), (1...160).contains(height), luma.count == width * height else { return false }
        guard let outline else { return true }
        return outline.count == 4 && outline.allSatisfy((0...160).contains) && outline[0] + outline[2] <= width
            && outline[1] + outline[3] <= height
    }
}
