/// What a frame ends with, so that damage shows (IEC 60839-11-5, Annex C).
enum CheckCode {
    /// Generator x¹⁶ + x¹² + x⁵ + 1, begun with 0x1D0F, the highest bit first.
    static func crc(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0x1D0F) { crc, byte in
            (0..<8).reduce(crc ^ UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
    }

    /// With it the sum of all bytes is 0, modulo 256.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt8 { 0 &- bytes.reduce(0, &+) }

    static func bytes(of frame: some Sequence<UInt8>, usesCRC: Bool) -> [UInt8] {
        guard usesCRC else { return [checksum(frame)] }
        let crc = crc(frame)
        return [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
    }
}
