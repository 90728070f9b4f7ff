public import Verifier

/// Turns a keypad's bytes into keys. Time is uptime: when the byte was read.
public protocol KeyDecoder: Sendable {
    /// The keys that this byte completes. Those that come together were sent together.
    mutating func decode(_ byte: UInt8, at now: Duration) -> [Key]
    /// The keys that are complete because nothing more came.
    mutating func pause(at now: Duration) -> [Key]
}

extension KeyDecoder {
    public mutating func pause(at now: Duration) -> [Key] { [] }
}

/// A plain keypad: one byte of ASCII is one key. CR LF together are one enter.
public struct ASCIIKeyDecoder: KeyDecoder {
    private let map: KeyMap
    private var lastWasCarriageReturn = false

    public init(map: KeyMap = .standard) { self.map = map }

    public mutating func decode(_ byte: UInt8, at now: Duration) -> [Key] {
        defer { lastWasCarriageReturn = byte == 0x0D }
        if byte == 0x0A, lastWasCarriageReturn { return [] }
        return map[byte].map { [$0] } ?? []
    }
}
