/// NFC Forum Type 2 Tag, 1.1, through a reader's READ and UPDATE BINARY (PC/SC part 3): pages of four bytes.
enum Type2Tag {
    /// Where the data area begins: behind the capability container, page 3.
    private static let firstPage = 4

    /// How many bytes the data area has; nil when the card is no such tag. E1, version, size / 8, access.
    private static func capabilities<E: Error>(
        _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> (size: Int, isReadable: Bool, isWritable: Bool)? {
        guard let bytes = try pages(3, transmit), bytes[0] == 0xE1, bytes[1] >> 4 == 1 else { return nil }
        return (Int(bytes[2]) * 8, bytes[3] >> 4 == 0, bytes[3] & 0x0F == 0)
    }

    /// Nil when the card is no such tag.
    static func read<E: Error>(_ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> TagReading? {
        guard let (size, isReadable, _) = try capabilities(transmit) else { return nil }
        guard isReadable else { return .malformed(.capabilities) }
        var area: [UInt8] = []
        while area.count < size {
            guard let bytes = try pages(firstPage + area.count / 4, transmit) else { return .malformed(.message) }
            area += bytes.prefix(size - area.count)
            switch block(in: area) {
            case .message(let message): return Tag.reading(message)
            case .none: return .empty
            case .unfinished: break
            }
        }
        return .malformed(.message)
    }

    enum Block: Equatable { case message([UInt8]), none, unfinished }

    /// The first NDEF block (type, length, value), as far as the area is known.
    static func block(in area: [UInt8]) -> Block {
        var rest = area[...]
        while let type = rest.popFirst() {
            if type == 0x00 { continue }
            if type == 0xFE { return .none }
            guard let first = rest.popFirst() else { return .unfinished }
            var length = Int(first)
            if first == 0xFF {
                guard rest.count >= 2 else { return .unfinished }
                length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
            }
            guard rest.count >= length else { return .unfinished }
            if type == 0x03 { return .message(Array(rest.prefix(length))) }
            rest = rest.dropFirst(length)
        }
        return .unfinished
    }

    /// First a block without length, then all but its page, then that: no half of a message is ever read.
    static func write<E: Error>(_ bytes: [UInt8], _ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> TagWriting? {
        guard let (size, _, isWritable) = try capabilities(transmit) else { return nil }
        guard isWritable else { return .readOnly }
        let head: [UInt8] =
            bytes.count < 0xFF
            ? [0x03, UInt8(bytes.count)] : [0x03, 0xFF, UInt8(bytes.count >> 8 & 0xFF), UInt8(bytes.count & 0xFF)]
        let end: [UInt8] = head.count + bytes.count < size ? [0xFE] : []
        var area = head + bytes + end
        guard area.count <= size else { return .tooLong(room: max(0, size - (size - 2 < 0xFF ? 2 : 4))) }
        area += [UInt8](repeating: 0, count: (4 - area.count % 4) % 4)
        guard try update(firstPage, [0x03, 0x00, 0xFE, 0x00], transmit) else { return .refused }
        for start in Array(stride(from: 4, to: area.count, by: 4)) + [0] {
            guard try update(firstPage + start / 4, Array(area[start..<start + 4]), transmit) else { return .refused }
        }
        return .written
    }

    /// Four pages, which is what a tag sends at once; nil when the reader or the card has none.
    private static func pages<E: Error>(_ page: Int, _ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> [UInt8]? {
        let response = Response(try transmit([0xFF, 0xB0, UInt8(page >> 8), UInt8(page & 0xFF), 16]))
        return response.isSuccess && response.data.count == 16 ? response.data : nil
    }

    private static func update<E: Error>(
        _ page: Int, _ bytes: [UInt8], _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> Bool {
        Response(try transmit([0xFF, 0xD6, UInt8(page >> 8), UInt8(page & 0xFF), 4] + bytes)).isSuccess
    }
}
