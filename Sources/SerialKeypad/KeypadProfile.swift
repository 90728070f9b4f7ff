public import Verifier

/// What a keypad sends, and how it is listened to.
public struct KeypadProfile: Hashable, Sendable {
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// A byte a key.
        case ascii
        /// STX, keys, ETX for each press; or for each line, when enter is pressed.
        case frames, lines
        /// VT100 and VT220 sequences.
        case vt
        /// Bursts of 4 and 8 bits, one a byte.
        case wiegand4, wiegand8
    }

    public var format = Format.ascii
    public var keys = KeyMap.standard
    public var checksum = FrameKeyDecoder.Checksum.none
    public var debounce = Duration.milliseconds(20)
    public var keysPerSecond = 20

    public init() {}

    func decoder() -> any KeyDecoder {
        switch format {
        case .ascii: ASCIIKeyDecoder(map: keys)
        case .frames, .lines: FrameKeyDecoder(map: keys, checksum: checksum, isLine: format == .lines)
        case .vt: TerminalKeyDecoder(map: keys)
        case .wiegand4: WiegandKeyDecoder(.fourBits, map: keys)
        case .wiegand8: WiegandKeyDecoder(.eightBits, map: keys)
        }
    }
}

/// From bytes to keys that can be believed.
public struct KeyReader: Sendable {
    private var decoder: any KeyDecoder
    private var keyGuard: KeyGuard

    public init(_ profile: KeypadProfile = KeypadProfile()) {
        decoder = profile.decoder()
        keyGuard = KeyGuard(debounce: profile.debounce, limit: profile.keysPerSecond)
    }

    /// Bytes that were read at `now`; none when time only passed.
    public mutating func read(_ bytes: [UInt8], at now: Duration) -> [Key] {
        var keys = bytes.isEmpty ? keyGuard.pass(decoder.pause(at: now), at: now) : []
        for byte in bytes { keys += keyGuard.pass(decoder.decode(byte, at: now), at: now) }
        return keys
    }
}
