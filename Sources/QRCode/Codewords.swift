/// The codewords of a symbol: mode, length and bytes, padded, split into blocks, corrected and interleaved (ISO/IEC 18004 §7.4–7.6).
enum Codewords {
    /// Bits that `count` bytes take in byte mode: mode indicator, character count, data.
    static func bits(byteCount count: Int, _ version: Version) -> Int { 4 + version.byteCountBits + 8 * count }

    static func make(_ bytes: [UInt8], _ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        interleaved(padded(bytes, version, level), version, level)
    }

    /// §7.4.9–7.4.10: terminator of up to four zeros, zeros to the byte, then 0xEC and 0x11 in turn.
    private static func padded(_ bytes: [UInt8], _ version: Version, _ level: ErrorCorrectionLevel) -> [UInt8] {
        let capacity = version.dataCodewords(level)
        // The header is 12 or 20 bits, so each data byte lies across two codewords, high half first.
        let count = bytes.count
        let header =
            version.byteCountBits == 8
            ? [count >> 4 & 15, count & 15] : [count >> 12 & 15, count >> 8 & 15, count >> 4 & 15, count & 15]
        let halves = [0b0100] + header + bytes.flatMap { [Int($0 >> 4), Int($0 & 15)] }
        var codewords = stride(from: 0, to: halves.count - 1, by: 2).map { UInt8(halves[$0] << 4 | halves[$0 + 1]) }
        if !halves.count.isMultiple(of: 2) { codewords.append(UInt8(halves[halves.count - 1] << 4)) }
        let pads: [UInt8] = [0xEC, 0x11]
        for index in 0..<capacity - codewords.count { codewords.append(pads[index % 2]) }
        return codewords
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
