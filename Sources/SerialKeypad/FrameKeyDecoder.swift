public import Verifier

/// A keypad that wraps keys in STX … ETX, with or without a checksum behind it.
///
/// A frame counts as a whole or not at all: with a wrong checksum, a byte that is no key, more than 32 bytes, or a second of silence in
/// its midst it gives no key.
public struct FrameKeyDecoder: KeyDecoder {
    /// One byte behind ETX, over all bytes behind STX, ETX included (ISO 1155: `lrc`, by exclusive or).
    public enum Checksum: String, Hashable, Sendable, CaseIterable {
        case none, lrc
        /// The low byte of the sum.
        case sum

        func byte(over bytes: [UInt8]) -> UInt8 {
            self == .lrc ? bytes.reduce(0, ^) : bytes.reduce(0, &+)
        }
    }

    private enum State {
        case outside, inside([UInt8])
        case checking([UInt8])
    }

    private let map: KeyMap
    private let checksum: Checksum
    private let isLine: Bool
    private var state = State.outside
    private var last = Duration.zero

    /// With `isLine` the keypad sends what was typed when enter is pressed: the end of a frame is enter.
    public init(map: KeyMap = .standard, checksum: Checksum = .none, isLine: Bool = false) {
        self.map = map
        self.checksum = checksum
        self.isLine = isLine
    }

    private static let start: UInt8 = 0x02
    private static let end: UInt8 = 0x03
    private static let longest = 32

    public mutating func decode(_ byte: UInt8, at now: Duration) -> [Key] {
        if now - last > .seconds(1) { state = .outside }
        last = now
        switch state {
        case .checking(let bytes):
            state = .outside
            return checksum.byte(over: bytes + [Self.end]) == byte ? keys(bytes) : []
        case .inside(let bytes) where byte == Self.end:
            state = checksum == .none ? .outside : .checking(bytes)
            return checksum == .none ? keys(bytes) : []
        // A start inside a frame: the end of the one before was lost.
        case .inside(let bytes): state = byte == Self.start ? .inside([]) : Self.longer(bytes, by: byte)
        case .outside: state = byte == Self.start ? .inside([]) : .outside
        }
        return []
    }

    private static func longer(_ bytes: [UInt8], by byte: UInt8) -> State {
        bytes.count < longest ? .inside(bytes + [byte]) : .outside
    }

    private func keys(_ bytes: [UInt8]) -> [Key] {
        let keys = bytes.compactMap { map[$0] }
        guard keys.count == bytes.count else { return [] }
        return isLine ? keys + [.enter] : keys
    }
}
