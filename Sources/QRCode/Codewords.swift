/// The codewords of a symbol: segments, padded, split into blocks, corrected and interleaved (ISO/IEC 18004 §7.4–7.6).
enum Codewords {
    /// Zero bytes behind the stream, so that it can be read eight bytes at a time.
    static let margin = 16

    /// Lends the stream of codewords with its margin; it takes nothing from the heap.
    static func withStream<R>(
        of message: Message, _ version: Version, _ level: ErrorCorrectionLevel, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        let capacity = version.dataCodewords(level)
        let total = version.totalCodewords
        return unsafe withUnsafeTemporaryAllocation(byteCount: 2 * (total + margin), alignment: 8) { raw in
            let bytes = unsafe raw.bindMemory(to: UInt8.self)
            unsafe bytes.initialize(repeating: 0)
            let data = unsafe UnsafeMutableBufferPointer(rebasing: bytes[..<(total + margin)])
            let stream = unsafe UnsafeMutableBufferPointer(rebasing: bytes[(total + margin)...])
            unsafe pad(message, version, capacity, data)
            unsafe interleave(data, version, level, capacity, stream)
            return unsafe body(UnsafeBufferPointer(stream))
        }
    }

    /// §7.4.9–7.4.10: terminator of up to four zeros, zeros to the byte, then 0xEC and 0x11 in turn.
    private static func pad(
        _ message: Message, _ version: Version, _ capacity: Int, _ data: UnsafeMutableBufferPointer<UInt8>
    ) {
        var bits = BitString()
        message.structuredAppend?.append(to: &bits)
        for segment in message.segments { segment.append(to: &bits, version) }
        bits.append(0, bits: min(4, capacity * 8 - bits.count))
        let used = (bits.count + 7) / 8
        for (index, word) in bits.words.enumerated() {
            for byte in 0..<min(8, used - index * 8) {
                unsafe data[index * 8 + byte] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * byte))
            }
        }
        for index in used..<max(used, capacity) { unsafe data[index] = (index - used).isMultiple(of: 2) ? 0xEC : 0x11 }
    }

    /// §7.6: the blocks' first data codewords, their second ones and so on, then the correction codewords in the same order.
    private static func interleave(
        _ data: UnsafeMutableBufferPointer<UInt8>, _ version: Version, _ level: ErrorCorrectionLevel, _ capacity: Int,
        _ stream: UnsafeMutableBufferPointer<UInt8>
    ) {
        let blocks = level.blocks(version)
        let correction = level.correctionCodewordsPerBlock(version)
        let shortLength = capacity / blocks
        let shortBlocks = blocks - capacity % blocks
        let divisor = ReedSolomon.divisor(degree: correction)
        var start = 0
        for block in 0..<blocks {
            var remainder = ReedSolomon.Remainder()
            for index in 0..<shortLength {
                let byte = unsafe data[start + index]
                unsafe stream[index * blocks + block] = byte
                remainder.take(byte, divisor)
            }
            start += shortLength
            if block >= shortBlocks {
                let byte = unsafe data[start]
                unsafe stream[shortLength * blocks + block - shortBlocks] = byte
                remainder.take(byte, divisor)
                start += 1
            }
            for index in 0..<correction { unsafe stream[capacity + index * blocks + block] = remainder[index] }
        }
    }
}
