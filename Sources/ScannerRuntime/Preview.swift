import SymbolLocator
import VideoCapture

/// What the camera sees, small and grey, so that a person finds the place for the badge: the one picture that leaves the scanner, and
/// only when it is asked for. A code that was read is blotted out: it is a secret, and the preview goes to a screen.
public struct Preview: Hashable, Sendable {
    /// The sides of the greatest.
    public static let side = 160

    public let width: Int
    public let height: Int
    /// One byte a pixel, row by row, 0 is black.
    public let luma: [UInt8]
    /// Where a badge was just read: x, y, width and height in pixels of the preview, within it.
    public let outline: [Int]?

    /// Takes the mean of each square of the frame's pixels.
    init(_ picture: LumaPicture, outline region: SymbolSight.Region?) {
        let step = max(1, (max(picture.width, picture.height) + Self.side - 1) / Self.side)
        let (width, height) = (picture.width / step, picture.height / step)
        var luma: [UInt8] = []
        luma.reserveCapacity(width * height)
        var sums = [Int](repeating: 0, count: width)
        for row in 0..<height {
            for column in 0..<width { sums[column] = 0 }
            for y in row * step..<(row + 1) * step {
                var index = y * picture.width
                for column in 0..<width {
                    for _ in 0..<step {
                        sums[column] += Int(picture.luma[index])
                        index += 1
                    }
                }
            }
            luma.append(contentsOf: sums.lazy.map { UInt8($0 / (step * step)) })
        }
        outline = region.map {
            let (left, top) = (min(max(0, $0.x / step), width), min(max(0, $0.y / step), height))
            let (right, bottom) = (min(($0.x + $0.width) / step, width), min(($0.y + $0.height) / step, height))
            return [left, top, max(0, right - left), max(0, bottom - top)]
        }
        if let outline {
            for y in outline[1]..<outline[1] + outline[3] {
                for x in outline[0]..<outline[0] + outline[2] { luma[y * width + x] = 128 }
            }
        }
        (self.width, self.height, self.luma) = (width, height, luma)
    }
}
