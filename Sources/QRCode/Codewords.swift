/// The codewords of a symbol: segments, padded, split into blocks, corrected and interleaved (ISO/IEC 18004 §7.4–7.6).
enum Codewords {
    static func make(_ message: Message, _ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        interleaved(padded(message, version, level), version, level)
    }

    /// §7.4.9–7.4.10: terminator of up to four zeros, zeros to the byte, then 0xEC and 0x11 in turn.
    private static func padded(_ message: Message, _ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        let capacity = version.dataCodewords(level)
        var bits = BitString()
        message.structuredAppend?.append(to: &bits)
        for segment in message.segments { segment.append(to: &bits, version) }
        bits.append(0, bits: min(4, capacity * 8 - bits.count))
        let pads: [UInt8] = [0xEC, 0x11]
        return bits.bytes + (0..<capacity - bits.bytes.count).map { pads[$0 % 2] }
    }

    /// §7.6: the blocks' first data codewords, their second ones and so on, then the correction codewords in the same order.
    private static func interleaved(_ data: [UInt8], _ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        let blocks = level.blocks(version)
        let correction = level.correctionCodewordsPerBlock(version)
        let shortLength = data.count / blocks
        let shortBlocks = blocks - data.count % blocks
        var start = 0
        let parts = (0..<blocks).map { block in
            let end = start + shortLength + (block < shortBlocks ? 0 : 1)
            defer { start = end }
            return data[start..<end]
        }
        let corrections = parts.map { ReedSolomon.correction(for: $0, count: correction) }
        let first = (0...shortLength).flatMap { index in parts.compactMap { index < $0.count ? $0[$0.startIndex + index] : nil } }
        return first + (0..<correction).flatMap { index in corrections.map { $0[index] } }
    }
}
