extension PIN {
    /// The PINs among the members of a JSON object (RFC 8259), read without a `String`, whose memory nobody wipes.
    ///
    /// A string that is no PIN is there with the reason; numbers, objects and the like are left out. Nil when the text is no object, or
    /// nested deeper than 16. Of a member that comes twice the last one counts, as in Foundation.
    public static func members(ofJSON text: Span<UInt8>) -> [String: Result<PIN, PINError>]? {
        var reader = JSONObjectReader(at: 0)
        guard reader.take("{", of: text) else { return nil }
        var members: [String: Result<PIN, PINError>] = [:]
        if !reader.take("}", of: text) {
            repeat {
                guard let name = reader.string(of: text), reader.take(":", of: text) else { return nil }
                // Looked at only for its name: no secret.
                let key = String(decoding: name, as: UTF8.self)
                if reader.peek(of: text) == UInt8(ascii: "\"") {
                    guard let value = reader.string(of: text) else { return nil }
                    members[key] = Result { () throws(PINError) in try PIN(ascii: value) }
                } else {
                    guard reader.skipValue(of: text, depth: 0) else { return nil }
                    members[key] = nil
                }
            } while reader.take(",", of: text)
            guard reader.take("}", of: text) else { return nil }
        }
        return reader.peek(of: text) == nil ? members : nil
    }
}

/// Walks over JSON text. Every method skips white space before what it looks for.
private struct JSONObjectReader {
    var position: Int

    init(at position: Int) { self.position = position }

    mutating func peek(of text: Span<UInt8>) -> UInt8? {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
        return position < text.count ? text[position] : nil
    }

    mutating func take(_ character: Unicode.Scalar, of text: Span<UInt8>) -> Bool {
        guard peek(of: text) == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// A string's bytes in UTF-8 (RFC 8259 §7). Of a `\u` beyond ASCII a question mark remains: it is in no PIN and no name that is asked for.
    mutating func string(of text: Span<UInt8>) -> [UInt8]? {
        guard take("\"", of: text) else { return nil }
        var bytes: [UInt8] = []
        // It never grows, so no copy of a digit stays behind.
        bytes.reserveCapacity(text.count - position)
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return bytes
            case UInt8(ascii: "\\"):
                guard let escaped = escape(of: text) else { return nil }
                bytes.append(escaped)
            case 0..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(of text: Span<UInt8>) -> UInt8? {
        guard position < text.count else { return nil }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return byte
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            var unit = 0
            for _ in 0..<4 {
                guard position < text.count, let digit = Self.hexadecimal(text[position]) else { return nil }
                unit = unit << 4 | digit
                position += 1
            }
            return unit < 0x80 ? UInt8(unit) : UInt8(ascii: "?")
        default: return nil
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 0x37
        default: nil
        }
    }

    /// A value that is no string of the outermost object. Its letters and digits are not looked at closely: nothing is made of them.
    mutating func skipValue(of text: Span<UInt8>, depth: Int) -> Bool {
        guard depth < 16, let first = peek(of: text) else { return false }
        switch first {
        case UInt8(ascii: "\""): return string(of: text) != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = first == UInt8(ascii: "{")
            let close: Unicode.Scalar = isObject ? "}" : "]"
            position += 1
            if take(close, of: text) { return true }
            repeat {
                if isObject { guard string(of: text) != nil, take(":", of: text) else { return false } }
                guard skipValue(of: text, depth: depth + 1) else { return false }
            } while take(",", of: text)
            return take(close, of: text)
        default:
            let start = position
            while position < text.count, Self.isLiteral(text[position]) { position += 1 }
            return position > start
        }
    }

    /// Part of a number, `true`, `false` or `null`.
    private static func isLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
