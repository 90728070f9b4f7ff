public import FoundationEssentials

/// JSON as it crosses the wire: dates are UTC with milliseconds and `Z`; any RFC 3339 offset and 0 to 9 fraction digits are read.
public enum WireJSON {
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(string(from: date))
        }
        return try encoder.encode(value)
    }

    public static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = date(from: text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(text) is no RFC 3339 date; write it as 2026-11-24T12:00:00Z.")
            }
            return date
        }
        return try decoder.decode(type, from: data)
    }

    /// RFC 3339 §5.6 in UTC with three fraction digits: the nearest millisecond.
    public static func string(from date: Date) -> String {
        // The style's own fraction is cut off, not rounded: a Double holds .123 as a little less, which it would write as .122.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        let seconds = (milliseconds / 1000).rounded(.down)
        let fraction = String(Int(milliseconds - seconds * 1000) + 1000).dropFirst()
        return Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle()).dropLast() + ".\(fraction)Z"
    }

    /// What Foundation lets pass and we do not, as a sentence with its line: a comma before a closing bracket, which is no JSON
    /// (RFC 8259 §5), and U+0000 in a text, which PostgreSQL does not keep. Nil when there is neither.
    public static func flaw(in json: some Sequence<UInt8>) -> String? {
        var (line, isInString, isEscaped) = (1, false, false)
        // The line of a comma after which nothing has come; how many zeros have come after `\u`.
        var (comma, zeros) = (Int?.none, Int?.none)
        for byte in json {
            if byte == UInt8(ascii: "0"), let count = zeros {
                if count == 3 { return "Line \(line) has a NUL character in a text. Take it out." }
                zeros = count + 1
                continue
            }
            zeros = nil
            switch byte {
            case _ where isEscaped:
                isEscaped = false
                if byte == UInt8(ascii: "u") { zeros = 0 }
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""):
                isInString.toggle()
                comma = nil
            case _ where isInString: break
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: ","): comma = line
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { return "Line \(comma) has a comma before a closing bracket. Take it out." }
            default: comma = nil
            }
        }
        return nil
    }

    /// Reads RFC 3339 §5.6 with any number of fraction digits and any offset; nil when it is something else.
    public static func date(from text: String) -> Date? {
        // A year has four digits.
        guard text.utf8.dropFirst(4).first == UInt8(ascii: "-") else { return nil }
        if let date = try? Date.ISO8601FormatStyle().parse(text) { return date }
        guard let dot = text.firstIndex(of: ".") else { return nil }
        let zone = text[dot...].dropFirst().firstIndex(where: { !$0.isNumber }) ?? text.endIndex
        let digits = text[text.index(after: dot)..<zone]
        guard !digits.isEmpty, let fraction = Double("0." + digits),
            let whole = try? Date.ISO8601FormatStyle().parse(String(text[..<dot]) + String(text[zone...]))
        else { return nil }
        return whole.addingTimeInterval(fraction)
    }
}
