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

    var id: String?
    var mode: String?
    var text: Data?
    var segments: [Part]?
    var structuredAppend: Append?
    var version: Int?
    var ec: String?
    var mask: Int?

    enum CodingKeys: String, CodingKey {
        case id, mode, segments, version, ec, mask
        case text = "text_b64"
        case structuredAppend = "structured_append"
    }

    /// A level that is given is kept; without one, the level is raised as far as the version allows.
    func symbol() throws -> Symbol {
        let level = try ec.map { name in
            guard let level = ErrorCorrectionLevel(rawValue: name.lowercased()) else {
                throw EncodeLineError(problem: "ec \(name): choose L, M, Q or H")
            }
            return level
        }
        let version = try version.map { try Version($0) }
        let append = try structuredAppend.map { try StructuredAppend(index: $0.index, count: $0.count, parity: $0.parity) }
        if mode == nil, segments == nil, append == nil, let text {
            return try Symbol(
                encoding: [UInt8](text), level: level ?? .low, version: version, mask: mask, boostingLevel: level == nil)
        }
        let parts = segments ?? [Part(mode: mode ?? "byte", text: text)]
        return try Symbol(
            segments: parts.map(Self.segment), structuredAppend: append, level: level ?? .low, version: version, mask: mask,
            boostingLevel: level == nil)
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

/// The answer to a line: the symbol, or why there is none.
struct EncodeAnswer: Encodable {
    var id: String?
    var version: Int?
    var ec: String?
    var mask: Int?
    var size: Int?
    /// A row each, in hexadecimal: the leftmost module is the most significant bit, 1 is dark, padded with zeros to whole bytes.
    var rows: [String]?
    var error: String?

    init(line: String) {
        do {
            let request = try JSONDecoder().decode(EncodeRequest.self, from: Data(line.utf8))
            id = request.id
            let symbol = try request.symbol()
            version = symbol.version.number
            ec = symbol.errorCorrectionLevel.rawValue.uppercased()
            mask = symbol.maskPattern
            size = symbol.size
            rows = (0..<symbol.size).map { Self.row($0, of: symbol) }
        } catch let error as DecodingError {
            self.error = "no JSON of a symbol to encode: \(error)"
        } catch {
            self.error = "\(error)"
        }
    }

    private static func row(_ y: Int, of symbol: Symbol) -> String {
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
