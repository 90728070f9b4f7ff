/// The codewords of a symbol: segments, padded, split into blocks, corrected and interleaved (ISO/IEC 18004 §7.4–7.6).
enum Codewords {
    /// Zero bytes behind the stream, so that it can be read eight bytes at a time.
    static let margin = 16

    /// Lends the stream of codewords with its margin; it takes nothing from the heap.
    static func withStream<R>(
        of message: Message, _ version: Version, _ level: ErrorCorrectionLevel, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        // The 3,706 codewords of version 40 and the margin, twice: as data and as the stream.
        var words = InlineArray<932, UInt64>(repeating: 0)
        return unsafe withUnsafeMutableBytes(of: &words) { bytes in
            let data = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            let stream = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(bytes.count / 2)...])
            let capacity = version.dataCodewords(level)
            unsafe pad(message, version, capacity, data.bindMemory(to: UInt64.self))
            unsafe interleave(UnsafeRawBufferPointer(data), version, level, capacity, stream)
            return unsafe body(UnsafeBufferPointer(stream.bindMemory(to: UInt8.self)))
        }
    }

    /// §7.4.9–7.4.10: terminator of up to four zeros, zeros to the byte, then 0xEC and 0x11 in turn.
    private static func pad(
        _ message: Message, _ version: Version, _ capacity: Int, _ data: UnsafeMutableBufferPointer<UInt64>
    ) {
        var bits = unsafe BitWriter(data)
        message.structuredAppend?.append(to: &bits)
        for segment in message.segments { segment.append(to: &bits, version) }
        bits.append(0, bits: min(4, capacity * 8 - bits.count))
        for index in data.indices { unsafe data[index] = unsafe data[index].bigEndian }
        let bytes = UnsafeMutableRawBufferPointer(data)
        let used = (bits.count + 7) / 8
        for index in used..<max(used, capacity) { unsafe bytes[index] = (index - used).isMultiple(of: 2) ? 0xEC : 0x11 }
    }

    /// §7.6: the blocks' first data codewords, their second ones and so on, then the correction codewords in the same order.
    private static func interleave(
        _ data: UnsafeRawBufferPointer, _ version: Version, _ level: ErrorCorrectionLevel, _ capacity: Int,
        _ stream: UnsafeMutableRawBufferPointer
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
