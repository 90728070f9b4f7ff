public import FoundationEssentials

/// A picture of 8-bit luma: `height` rows of `width` bytes without padding.
public struct LumaPicture: Sendable {
    public let width: Int
    public let height: Int
    public let luma: [UInt8]

    /// Reads a JPEG, a PNG or a PGM (raw form, 8 bits) by its first bytes.
    ///
    /// Throws ``PictureError`` for another format, a broken file, or sides over 8192 pixels.
    public init(reading data: Data) throws(PictureError) {
        let bytes = [UInt8](data)
        if bytes.starts(with: [0xFF, 0xD8]) {
            var buffer = LumaBuffer()
            self = try unsafe buffer.picture(jpeg: bytes.span.bytes)
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = try Self(png: bytes)
        } else if bytes.starts(with: "P5".utf8) {
            self = try Self(pgm: bytes)
        } else {
            throw .unknownFormat
        }
    }

    init(width: Int, height: Int, luma: [UInt8]) {
        self.width = width
        self.height = height
        self.luma = luma
    }

    static let longestSide = 8192

    /// `man 5 pgm`: "P5", width, height and greatest value, parted by white space and comments, one white space, then the rows.
    init(pgm bytes: [UInt8]) throws(PictureError) {
        var position = 2
        var numbers: [Int] = []
        while numbers.count < 3 {
            while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
            if position < bytes.count, bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
                continue
            }
            let start = position
            while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
            guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
                throw .broken("PGM: bad header")
            }
            numbers.append(number)
        }
        guard numbers[2] == 255 else { throw .broken("PGM: only 8-bit pictures with the greatest value 255 are read") }
        guard (1...Self.longestSide).contains(numbers[0]), (1...Self.longestSide).contains(numbers[1]) else { throw .tooLarge }
        let start = position + 1
        guard bytes.count - start >= numbers[0] * numbers[1] else { throw .broken("PGM: the file is cut short") }
        self.init(width: numbers[0], height: numbers[1], luma: Array(bytes[start..<start + numbers[0] * numbers[1]]))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

/// Why a picture could not be read.
public enum PictureError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownFormat
    case tooLarge
    case broken(String)

    public var description: String {
        switch self {
        case .unknownFormat: "neither a JPEG, nor a PNG, nor a raw PGM (P5): convert the picture to one of them"
        case .tooLarge: "a side is over \(LumaPicture.longestSide) pixels or zero: scale the picture down"
        case .broken(let detail): detail
        }
    }
}
