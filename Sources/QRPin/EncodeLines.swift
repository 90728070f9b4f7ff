import FoundationEssentials
import QRCode

/// One line of `qrpin encode --jsonl`: text in one mode or the best ones, or segments.
struct EncodeRequest: Decodable {
    struct Part: Decodable {
        var mode: String?
        var text: Data?
        var eci: Int?

        enum CodingKeys: String, CodingKey {
            case mode, eci
            case text = "text_b64"
        }
    }

    struct Append: Decodable {
        var index: Int
        var count: Int
        var parity: UInt8
    }

    var mode: String?
    var text: Data?
    var segments: [Part]?
    var structuredAppend: Append?
    var version: SymbolVersion?
    var ec: String?
    var mask: Int?

    enum CodingKeys: String, CodingKey {
        case mode, segments, version, ec, mask
        case text = "text_b64"
        case structuredAppend = "structured_append"
    }

    /// A level that is given is kept; without one, the level is raised as far as the version allows.
    func symbol() throws -> EncodedSymbol {
        let level = try ec.map { name in
            guard let level = ErrorCorrectionLevel(rawValue: name.lowercased()) else {
                throw EncodeLineError(problem: "ec \(name): choose L, M, Q or H")
            }
            return level
        }
        let append = try structuredAppend.map { try StructuredAppend(index: $0.index, count: $0.count, parity: $0.parity) }
        let bytes = mode == nil && segments == nil && append == nil ? text.map { [UInt8]($0) } : nil
        let parts = try bytes == nil ? (segments ?? [Part(mode: mode ?? "byte", text: text)]).map(Self.segment) : []
        if case .micro(let version) = version {
            guard append == nil else { throw EncodeLineError(problem: "structured_append: Micro QR does not have it") }
            let symbol =
                if let bytes {
                    try MicroSymbol(encoding: bytes, level: level, version: version, mask: mask, boostingLevel: level == nil)
                } else {
                    try MicroSymbol(segments: parts, level: level, version: version, mask: mask, boostingLevel: level == nil)
                }
            return EncodedSymbol(symbol)
        }
        var number: Version?
        if case .model2(let version) = version { number = try Version(version) }
        if let bytes {
            return EncodedSymbol(
                try Symbol(encoding: bytes, level: level ?? .low, version: number, mask: mask, boostingLevel: level == nil))
        }
        return EncodedSymbol(
            try Symbol(
                segments: parts, structuredAppend: append, level: level ?? .low, version: number, mask: mask,
                boostingLevel: level == nil))
    }

    private static func segment(_ part: Part) throws -> Segment {
        if let eci = part.eci { return try .eci(eci) }
        guard let text = part.text else { throw EncodeLineError(problem: "text_b64 is missing") }
        switch part.mode {
        case "numeric": return try .numeric([UInt8](text))
        case "alphanumeric": return try .alphanumeric([UInt8](text))
        case "byte", nil: return .byte([UInt8](text))
        case "kanji":
            guard let text = String(validating: text, as: UTF8.self) else {
                throw EncodeLineError(problem: "text_b64 is not UTF-8")
            }
            return try .kanji(text)
        case let mode?:
            throw EncodeLineError(problem: "mode \(mode): choose numeric, alphanumeric, byte or kanji")
        }
    }
}

/// A number from 1 to 40, or `"M1"` to `"M4"`.
enum SymbolVersion: Codable {
    case model2(Int)
    case micro(MicroVersion)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            self = .model2(number)
        } else if let name = try? value.decode(String.self), let version = MicroVersion.allCases.first(where: { $0.name == name })
        {
            self = .micro(version)
        } else {
            throw EncodeLineError(problem: "version: choose 1 to 40, or \"M1\" to \"M4\"")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .model2(let number): try value.encode(number)
        case .micro(let version): try value.encode(version.name)
        }
    }
}

/// What an answer says of a symbol.
struct EncodedSymbol {
    let version: SymbolVersion
    /// Nil for M1, which has none.
    let level: ErrorCorrectionLevel?
    let mask: Int
    let modules: any ModuleGrid

    init(_ symbol: Symbol) {
        (version, level, mask) = (.model2(symbol.version.number), symbol.errorCorrectionLevel, symbol.maskPattern)
        modules = symbol
    }

    init(_ symbol: MicroSymbol) {
        (version, level, mask) = (.micro(symbol.version), symbol.errorCorrectionLevel, symbol.maskPattern)
        modules = symbol
    }
}

/// The answer to a line: the symbol, or why there is none.
struct EncodeAnswer: Encodable {
    var id: String?
    var version: SymbolVersion?
    var ec: String?
    var mask: Int?
    var size: Int?
    /// A row each, in hexadecimal: the leftmost module is the most significant bit, 1 is dark, padded with zeros to whole bytes.
    var rows: [String]?
    var error: String?

    private struct Name: Decodable { var id: String? }

    init(line: String) {
        // Also a line that is wrong elsewhere is answered by its name.
        id = try? JSONDecoder().decode(Name.self, from: Data(line.utf8)).id
        do {
            let request = try JSONDecoder().decode(EncodeRequest.self, from: Data(line.utf8))
            let symbol = try request.symbol()
            version = symbol.version
            ec = symbol.level?.rawValue.uppercased()
            mask = symbol.mask
            size = symbol.modules.size
            rows = (0..<symbol.modules.size).map { Self.row($0, of: symbol.modules) }
        } catch let error as DecodingError {
            self.error = "no JSON of a symbol to encode: \(error)"
        } catch {
            self.error = "\(error)"
        }
    }

    private static func row(_ y: Int, of symbol: any ModuleGrid) -> String {
        let hex = Array("0123456789abcdef")
        return String(
            stride(from: 0, to: (symbol.size + 7) / 8 * 8, by: 4).map { x in
                hex[(x..<x + 4).reduce(0) { $0 << 1 | ($1 < symbol.size && symbol[$1, y] ? 1 : 0) }]
            })
    }
}

struct EncodeLineError: Error, CustomStringConvertible {
    let problem: String
    var description: String { problem }
}
