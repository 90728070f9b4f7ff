/// What a barcode scanner was programmed to send around the data of each symbol.
public struct ScanFraming: Hashable, Sendable {
    /// Before the symbology identifier or behind it. A code that comes without it is taken as it is.
    public var prefix: [UInt8] = []
    /// Ends a code. Empty: a pause does.
    public var suffix: [UInt8] = [0x0D]

    public init() {}

    /// ACK and NAK (ECMA-48 §8.3.1, §8.3.84): how a scanner answers what it was told. Before a code they are no part of it.
    static let answers: Set<UInt8> = [0x06, 0x15]
}

/// Cuts what a barcode scanner sends into codes. Time is uptime: when the byte was read.
public struct ScanDecoder: Sendable {
    public enum Scan: Hashable, Sendable {
        case code(ScannedCode)
        /// So many bytes, of a code that broke off, has another suffix, or is longer than any symbol's.
        case incomplete(count: Int)
    }

    private let framing: ScanFraming
    private var bytes: [UInt8] = []
    /// Of the bytes, those beyond the longest included.
    private var count = 0
    private var last = Duration.zero

    public init(_ framing: ScanFraming = ScanFraming()) { self.framing = framing }

    /// A QR Code holds 2,953 bytes at most (ISO/IEC 18004, table 7); all of them may be doubled backslashes, and a frame is around them.
    private static let longest = 6000

    /// Without a suffix a code ends where nothing follows: USB adapters keep bytes back for up to 16 ms, and radio for longer.
    private var patience: Duration { framing.suffix.isEmpty ? .milliseconds(150) : .seconds(1) }

    public mutating func decode(_ byte: UInt8, at now: Duration) -> [Scan] {
        let before = pause(at: now)
        if count == 0, ScanFraming.answers.contains(byte), framing.prefix.first != byte { return before }
        last = now
        count += 1
        if count <= Self.longest {
            bytes.append(byte)
        } else {
            bytes = Array(bytes.suffix(max(0, framing.suffix.count - 1))) + [byte]
        }
        return !framing.suffix.isEmpty && bytes.hasEnd(framing.suffix) ? before + end(isWhole: true) : before
    }

    /// What is over because nothing more came.
    public mutating func pause(at now: Duration) -> [Scan] {
        now - last > patience ? end(isWhole: framing.suffix.isEmpty) : []
    }

    private mutating func end(isWhole: Bool) -> [Scan] {
        defer { (bytes, count) = ([], 0) }
        guard isWhole, count <= Self.longest else {
            return count == 0 || bytes == [0x0A] ? [] : [.incomplete(count: count)]
        }
        let data = content()
        return data.isEmpty ? [] : [.code(ScannedCode(data))]
    }

    private func content() -> [UInt8] {
        var data = bytes.dropLast(framing.suffix.count)
        // A suffix of CR LF, of which CR alone was named, has its end here.
        if framing.suffix == [0x0D], data.first == 0x0A { data = data.dropFirst() }
        guard !framing.prefix.isEmpty else { return Array(data) }
        if data.starts(with: framing.prefix) { return Array(data.dropFirst(framing.prefix.count)) }
        let behind = data.dropFirst(3)
        guard SymbologyIdentifier(startOf: data) != nil, behind.starts(with: framing.prefix) else { return Array(data) }
        return Array(data.prefix(3)) + behind.dropFirst(framing.prefix.count)
    }
}

extension [UInt8] {
    fileprivate func hasEnd(_ end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}
