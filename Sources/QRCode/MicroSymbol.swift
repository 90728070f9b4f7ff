/// A Micro QR Code symbol, versions M1 to M4 (ISO/IEC 18004): for up to 35 digits, 21 alphanumeric characters or 15 bytes.
public struct MicroSymbol: ModuleGrid, Hashable {
    public static let quietZone = 2

    public let version: MicroVersion
    /// Nil for version M1, which detects errors and corrects none.
    public let errorCorrectionLevel: ErrorCorrectionLevel?
    /// 0 to 3 (§7.8.2, Table 10).
    public let maskPattern: Int
    private let dark: [Bool]

    /// Modules per side, without the quiet zone.
    public var size: Int { version.size }

    /// True for a dark module; `x` counts from the left and `y` from the top.
    public subscript(x: Int, y: Int) -> Bool { dark[y * size + x] }

    /// Encodes bytes in the segments that take the fewest bits.
    ///
    /// Takes the smallest version that holds them at `level` unless one is given (without a level, M1 may be it); raises the level as
    /// far as that version allows when `boostingLevel`; takes the mask with the best score, unless one is given.
    /// Throws when the bytes do not fit, the version has no such level, or `mask` is not 0 to 3.
    public init(
        encoding bytes: [UInt8], level: ErrorCorrectionLevel? = nil, version: MicroVersion? = nil, mask: Int? = nil,
        boostingLevel: Bool = true
    ) throws(QRCodeError) {
        let segmentation = Segmentation(bytes)
        try self.init(level, version, mask, boostingLevel) { segmentation.segments($0) }
    }

    /// Encodes given segments.
    public init(
        segments: [Segment], level: ErrorCorrectionLevel? = nil, version: MicroVersion? = nil, mask: Int? = nil,
        boostingLevel: Bool = true
    ) throws(QRCodeError) {
        try self.init(level, version, mask, boostingLevel) { _ in segments }
    }

    private init(
        _ level: ErrorCorrectionLevel?, _ version: MicroVersion?, _ mask: Int?, _ boostingLevel: Bool,
        _ segments: (MicroVersion) -> [Segment]
    ) throws(QRCodeError) {
        if let mask, !(0...3).contains(mask) { throw .microMask(mask) }
        var problem = QRCodeError.microLevel(version ?? .m4)
        for candidate in version.map({ [$0] }) ?? MicroVersion.allCases {
            let segments = segments(candidate)
            let enough = candidate.levels.filter { boostingLevel ? ($0?.index ?? -1) >= (level?.index ?? -1) : $0 == level }
            for candidateLevel in enough.reversed() {
                guard let parameters = candidate.parameters(candidateLevel) else { continue }
                let counts = segments.map(candidate.bitCount)
                if let unknown = zip(segments, counts).first(where: { $1 == nil })?.0 {
                    problem = .microMode(candidate, unknown.mode)
                    continue
                }
                let needed = counts.reduce(0) { $0 + ($1 ?? 0) }
                guard needed <= parameters.dataBits else {
                    problem = .capacity(neededBits: needed, availableBits: parameters.dataBits)
                    continue
                }
                self.version = candidate
                errorCorrectionLevel = candidateLevel
                let data = Self.data(segments, candidate, parameters.dataBits)
                (maskPattern, dark) = MicroMatrix.drawn(data, candidate, parameters, mask)
                return
            }
        }
        throw problem
    }

    /// §7.4.9–7.4.10: terminator, zeros to the codeword, then 0xEC and 0x11 in turn; M1 and M3 end in half a codeword, of zeros.
    private static func data(_ segments: [Segment], _ version: MicroVersion, _ dataBits: Int) -> [Bool] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) { bits += (0..<count).reversed().map { value >> $0 & 1 == 1 } }
        for segment in segments {
            append(Segment.Mode.micro.firstIndex(of: segment.mode) ?? 0, version.modeBits)
            append(segment.characterCount, version.countBits(segment.mode) ?? 0)
            bits += (0..<segment.data.count).map { segment.data.words[$0 / 64] >> UInt64(63 - $0 % 64) & 1 == 1 }
        }
        append(0, min(version.terminatorBits, dataBits - bits.count))
        while !bits.count.isMultiple(of: 8), bits.count < dataBits { bits.append(false) }
        var pad = 0xEC
        while dataBits - bits.count >= 8 {
            append(pad, 8)
            pad ^= 0xEC ^ 0x11
        }
        append(0, dataBits - bits.count)
        return bits
    }
}

extension Segment.Mode {
    /// In the order of Micro QR's mode indicators (Table 2).
    static let micro: [Segment.Mode] = [.numeric, .alphanumeric, .byte, .kanji]
}

extension Segmentation {
    func segments(_ version: MicroVersion) -> [Segment] {
        segments { mode in version.countBits(mode).map { version.modeBits + $0 } }
    }
}
