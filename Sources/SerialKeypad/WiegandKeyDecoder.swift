public import Verifier

/// A Wiegand keypad behind a converter that sends each burst as one byte: 0 to 9, 10 for `*`, 11 for `#`.
///
/// A burst of 4 bits is the number alone. One of 8 bits has its complement in the upper half (0xE1 is 1), by which noise is told.
public struct WiegandKeyDecoder: KeyDecoder {
    public enum Burst: Hashable, Sendable { case fourBits, eightBits }

    private let map: KeyMap
    private let burst: Burst

    public init(_ burst: Burst, map: KeyMap = .standard) {
        self.burst = burst
        self.map = map
    }

    public mutating func decode(_ byte: UInt8, at now: Duration) -> [Key] {
        let (upper, lower) = (byte >> 4, byte & 0x0F)
        guard upper == (burst == .fourBits ? 0 : ~lower & 0x0F), lower < 12 else { return [] }
        return map[Array("0123456789*#".utf8)[Int(lower)]].map { [$0] } ?? []
    }
}
