import SymbolLocator

/// Tells a frame in which something moved from one that shows what the last one did.
struct MotionGate: Sendable {
    private var last: [UInt8] = []

    /// One pixel of so many, across and down, is compared.
    private static let step = 8
    /// Luma by which a pixel must change, above a camera's noise, and how many of a thousand must.
    private static let (threshold, share) = (24, 2)

    /// The box around the pixels that changed, when the last frame was not a still one.
    private(set) var moved: SymbolSight.Region?

    /// False for the first frame, and when the size changed.
    mutating func isStill(_ frame: LumaPlane) -> Bool {
        var sample: [UInt8] = []
        let columns = (frame.width + Self.step - 1) / Self.step
        sample.reserveCapacity((frame.width / Self.step + 1) * (frame.height / Self.step + 1))
        for y in stride(from: 0, to: frame.height, by: Self.step) {
            for x in stride(from: 0, to: frame.width, by: Self.step) { sample.append(frame.pixels[y * frame.width + x]) }
        }
        defer { last = sample }
        moved = nil
        guard last.count == sample.count else { return false }
        var (count, left, right, top, bottom) = (0, columns, 0, 0, 0)
        for index in sample.indices where abs(Int(sample[index]) - Int(last[index])) > Self.threshold {
            let (x, y) = (index % columns, index / columns)
            if count == 0 { top = y }
            (count, left, right, bottom) = (count + 1, min(left, x), max(right, x), y)
        }
        guard count * 1000 > sample.count * Self.share else { return true }
        let size = (width: right - left + 1, height: bottom - top + 1)
        moved = SymbolSight.Region(
            x: left * Self.step, y: top * Self.step, width: size.width * Self.step, height: size.height * Self.step)
        return false
    }
}
