/// One symbol's place among up to 16 that hold one message (ISO/IEC 18004 §8).
public struct StructuredAppend: Hashable, Sendable {
    /// From 0.
    public let index: Int
    public let count: Int
    /// The XOR of all bytes of the whole message (§8.3).
    public let parity: UInt8

    /// Throws unless `count` is 1 to 16 and `index` below it.
    public init(index: Int, count: Int, parity: UInt8) throws(QRCodeError) {
        guard (1...16).contains(count), (0..<count).contains(index) else { throw .structuredAppend(index: index, count: count) }
        self.index = index
        self.count = count
        self.parity = parity
    }

    static let bitCount = 20

    /// Mode indicator, symbol sequence indicator and parity (§8.1).
    func append(to bits: inout BitWriter) {
        bits.append(0b0011, bits: 4)
        bits.append(index << 4 | count - 1, bits: 8)
        bits.append(Int(parity), bits: 8)
    }
}
