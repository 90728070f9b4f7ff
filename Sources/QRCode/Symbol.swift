/// A QR Code symbol, Model 2, versions 1 to 40 (ISO/IEC 18004).
public struct Symbol: ModuleGrid, Hashable {
    public static let quietZone = 4

    public let version: Version
    public let errorCorrectionLevel: ErrorCorrectionLevel
    /// 0 to 7 (§7.8.2).
    public let maskPattern: Int
    /// As in ``Template/columns``.
    let columns: [UInt64]

    /// Modules per side, without the quiet zone.
    public var size: Int { version.size }

    /// True for a dark module; `x` counts from the left and `y` from the top, both from 0 to `size` - 1.
    public subscript(x: Int, y: Int) -> Bool { columns[x * ((size + 63) / 64) + y / 64] >> UInt64(y % 64) & 1 == 1 }

    /// Encodes bytes in the segments that take the fewest bits.
    ///
    /// Takes the smallest version that holds them at `level` unless one is given; raises the level as far as that version allows
    /// when `boostingLevel`; takes the mask with the least penalty, the lowest number on a tie, unless one is given.
    /// Throws when the bytes do not fit, or `mask` is not 0 to 7.
    public init(
        encoding bytes: [UInt8], level: ErrorCorrectionLevel = .low, version: Version? = nil, mask: Int? = nil,
        boostingLevel: Bool = true
    ) throws(QRCodeError) {
        let segmentation = Segmentation(bytes)
        try self.init(level, version, mask, boostingLevel) { Message(segments: segmentation.segments($0)) }
    }

    /// Encodes text in the segments that take the fewest bits, kanji mode among them.
    public init(
        text: String, level: ErrorCorrectionLevel = .low, version: Version? = nil, mask: Int? = nil, boostingLevel: Bool = true
    ) throws(QRCodeError) {
        let segmentation = Segmentation(text)
        try self.init(level, version, mask, boostingLevel) { Message(segments: segmentation.segments($0)) }
    }

    /// Encodes given segments, as one symbol or as one of several (§8).
    public init(
        segments: [Segment], structuredAppend: StructuredAppend? = nil, level: ErrorCorrectionLevel = .low,
        version: Version? = nil, mask: Int? = nil, boostingLevel: Bool = true
    ) throws(QRCodeError) {
        try self.init(level, version, mask, boostingLevel) { _ in
            Message(segments: segments, structuredAppend: structuredAppend)
        }
    }

    private init(
        _ level: ErrorCorrectionLevel, _ version: Version?, _ mask: Int?, _ boostingLevel: Bool,
        _ message: (Version) -> Message
    ) throws(QRCodeError) {
        if let mask, !(0...7).contains(mask) { throw .mask(mask) }
        let (chosen, message) = try Self.smallest(level, version, message)
        self.version = chosen
        var level = level
        if boostingLevel {
            while let higher = level.next, message.fits(chosen, higher) { level = higher }
        }
        errorCorrectionLevel = level
        let template = Template.of(chosen)
        (maskPattern, columns) = unsafe Codewords.withStream(of: message, chosen, level) { stream in
            unsafe Candidates.best(template, level, mask, stream)
        }
    }

    /// The first version that holds its message, or the given one.
    private static func smallest(
        _ level: ErrorCorrectionLevel, _ version: Version?, _ message: (Version) -> Message
    ) throws(QRCodeError) -> (Version, Message) {
        var last: Message?
        for number in version.map({ $0.number...$0.number }) ?? 1...40 {
            let candidate = Version(unchecked: number)
            // The message changes with the widths of the character count: at versions 10 and 27 (Table 3).
            let made = [10, 27].contains(candidate.number) ? message(candidate) : last ?? message(candidate)
            if made.fits(candidate, level) { return (candidate, made) }
            last = made
        }
        let largest = version ?? Version(unchecked: 40)
        throw .capacity(
            neededBits: message(largest).bitCount(largest), availableBits: largest.dataCodewords(level) * 8)
    }
}

/// What a symbol holds.
struct Message {
    var segments: [Segment]
    var structuredAppend: StructuredAppend?

    func bitCount(_ version: Version) -> Int {
        segments.reduce(structuredAppend == nil ? 0 : StructuredAppend.bitCount) { $0 + $1.bitCount(version) }
    }

    func fits(_ version: Version, _ level: ErrorCorrectionLevel) -> Bool {
        bitCount(version) <= version.dataCodewords(level) * 8 && segments.allSatisfy { $0.fits(version) }
    }
}
