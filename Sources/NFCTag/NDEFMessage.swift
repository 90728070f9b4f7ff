/// The records that a tag holds (NFC Forum NDEF 1.0). Parsed, it is whole: begun, ended, and nothing behind it.
public struct NDEFMessage: Hashable, Sendable {
    public let records: [NDEFRecord]

    public init(_ records: [NDEFRecord]) { self.records = records }

    /// What the first record says that is a Text or URI record and says anything.
    public var text: String? { records.lazy.compactMap(\.text).first }

    /// What each Text or URI record says, a URI without the beginning that is abbreviated.
    public var contents: [String] { records.compactMap(\.content) }

    /// Bits of a record's first byte (§3.2.1 to §3.2.5).
    private enum Flag {
        static let begin: UInt8 = 0x80
        static let end: UInt8 = 0x40
        static let chunk: UInt8 = 0x20
        static let short: UInt8 = 0x10
        static let id: UInt8 = 0x08
        static let format: UInt8 = 0x07
    }

    /// Nil for bytes that are no message, or one with chunked records, which no badge needs.
    public init?(_ bytes: [UInt8]) {
        var (records, rest): ([NDEFRecord], ArraySlice<UInt8>) = ([], bytes[...])
        var flags: UInt8 = 0
        while flags & Flag.end == 0 {
            guard let next = rest.popFirst(), (next & Flag.begin != 0) == records.isEmpty,
                let record = Self.record(next, &rest)
            else { return nil }
            flags = next
            records.append(record)
        }
        guard rest.isEmpty else { return nil }
        self.records = records
    }

    private static func record(_ flags: UInt8, _ rest: inout ArraySlice<UInt8>) -> NDEFRecord? {
        let format = flags & Flag.format
        // Unchanged (6) is a chunk's, 7 is reserved.
        guard flags & Flag.chunk == 0, format < 6, let typeLength = rest.popFirst(),
            let length = number(of: flags & Flag.short == 0 ? 4 : 1, &rest),
            let idLength = flags & Flag.id == 0 ? 0 : number(of: 1, &rest),
            let type = take(Int(typeLength), &rest), take(idLength, &rest) != nil, let payload = take(length, &rest)
        else { return nil }
        return NDEFRecord(format: format, type: type, payload: payload)
    }

    private static func number(of count: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        take(count, &rest).map { $0.reduce(0) { $0 << 8 | Int($1) } }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// As a tag holds it. A type is at most 255 bytes long.
    public var bytes: [UInt8] {
        records.enumerated().flatMap { index, record in
            let isShort = record.payload.count < 256
            let flags =
                (index == 0 ? Flag.begin : 0) | (index == records.count - 1 ? Flag.end : 0) | (isShort ? Flag.short : 0)
                | record.format
            let length = (isShort ? [0] : [24, 16, 8, 0]).map { UInt8(truncatingIfNeeded: record.payload.count >> $0) }
            return [flags, UInt8(record.type.count)] + length + record.type + record.payload
        }
    }
}
