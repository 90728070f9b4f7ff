import SymbolLocator

/// Tells a frame in which something moved from one that shows what the last one did.
struct MotionGate: Sendable {
    private var last: [UInt8] = []

    /// One pixel of so many, across and down, is compared.
    private static let step = 8
    /// Luma by which a pixel must change, above a camera's noise, and how many of a thousand must.
    private static let (threshold, share) = (24, 2)

    /// False for the first frame, and when the size changed.
    mutating func isStill(_ frame: LumaPlane) -> Bool {
        var sample: [UInt8] = []
        sample.reserveCapacity((frame.width / Self.step + 1) * (frame.height / Self.step + 1))
        for y in stride(from: 0, to: frame.height, by: Self.step) {
            for x in stride(from: 0, to: frame.width, by: Self.step) { sample.append(frame.pixels[y * frame.width + x]) }
        }
        defer { last = sample }
        guard last.count == sample.count else { return false }
        var moved = 0
        for index in sample.indices where abs(Int(sample[index]) - Int(last[index])) > Self.threshold { moved += 1 }
        return moved * 1000 <= sample.count * Self.share
    }
}
