/// Bits in the order in which they are written, the first in the most significant bit of the first word.
struct BitString: Hashable, Sendable {
    private(set) var words: [UInt64] = []
    private(set) var count = 0

    /// The `bits` lowest bits of a value, at most 32.
    mutating func append(_ value: Int, bits: Int) {
        guard bits > 0 else { return }
        append(word: UInt64(truncatingIfNeeded: value) << UInt64(64 - bits), bits: bits)
    }

    mutating func append(bytes: [UInt8]) {
        words.reserveCapacity(words.count + bytes.count / 8 + 1)
        let whole = bytes.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            append(word: (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) }, bits: 64)
        }
        for byte in bytes[whole...] { append(Int(byte), bits: 8) }
    }

    /// The `bits` highest bits of a word, 1 to 64; the others are zero.
    private mutating func append(word: UInt64, bits: Int) {
        let used = UInt64(count % 64)
        if used == 0 {
            words.append(word)
        } else {
            words[words.count - 1] |= word >> used
            if Int(used) + bits > 64 { words.append(word << (64 - used)) }
        }
        count += bits
    }
}

/// Writes bits into lent memory of zeros, in the order of ``BitString``.
@safe struct BitWriter: ~Copyable {
    private let words: UnsafeMutableBufferPointer<UInt64>
    private(set) var count = 0

    init(_ words: UnsafeMutableBufferPointer<UInt64>) { unsafe self.words = words }

    /// The `bits` lowest bits of a value, at most 32.
    mutating func append(_ value: Int, bits: Int) {
        guard bits > 0 else { return }
        append(word: UInt64(truncatingIfNeeded: value) << UInt64(64 - bits), bits: bits)
    }

    mutating func append(_ string: BitString) {
        for index in string.words.indices { append(word: string.words[index], bits: min(64, string.count - 64 * index)) }
    }

    private mutating func append(word: UInt64, bits: Int) {
        let used = UInt64(count % 64)
        unsafe words[count / 64] = words[count / 64] | word >> used
        if Int(used) + bits > 64 { unsafe words[count / 64 + 1] = words[count / 64 + 1] | word << (64 - used) }
        count += bits
    }
}
