/// NFC Forum Type 4 Tag, 2.0.
enum Type4Tag {
    /// The capability container.
    struct Capabilities {
        /// Bytes in one answer and in one command: MLe and MLc.
        let (answer, command): (Int, Int)
        let file: [UInt8]
        /// Of the file, its two bytes of length included.
        let size: Int
        let isWritable: Bool

        /// Nil when the bytes are none, of another major version, or of a message that not everyone may read.
        init?(_ bytes: [UInt8]) {
            guard bytes.count >= 15, bytes[2] >> 4 == 2 || bytes[2] >> 4 == 3, bytes[7] == 4, bytes[8] == 6, bytes[13] == 0 else {
                return nil
            }
            let numbers = [3, 5, 11].map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
            // At least 15 in an answer; a command of at least one byte; a file of at least five.
            guard numbers[0] >= 15, numbers[1] >= 1, numbers[2] >= 5 else { return nil }
            // A command that is not extended has one byte of length (ISO/IEC 7816-4, §5.1).
            (answer, command) = (min(numbers[0], 255), min(numbers[1], 255))
            (file, size, isWritable) = (Array(bytes[9...10]), numbers[2], bytes[14] == 0)
        }
    }

    /// Nil when the card has no such application.
    static func read<E: Error>(_ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> TagReading? {
        guard try isThere(transmit) else { return nil }
        guard let capabilities = try open(transmit) else { return .malformed(.capabilities) }
        guard let head = try binary(0, 2, transmit), head.count == 2 else { return .malformed(.message) }
        let length = Int(head[0]) << 8 | Int(head[1])
        guard length <= Tag.longest else { return .malformed(.tooLong) }
        guard length <= capabilities.size - 2 else { return .malformed(.message) }
        var bytes: [UInt8] = []
        while bytes.count < length {
            let count = min(capabilities.answer, length - bytes.count)
            guard let part = try binary(2 + bytes.count, count, transmit), part.count == count else {
                return .malformed(.message)
            }
            bytes += part
        }
        return Tag.reading(bytes)
    }

    /// Its length last, so that no half of a message is ever read.
    static func write<E: Error>(_ bytes: [UInt8], _ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> TagWriting? {
        guard try isThere(transmit), let capabilities = try open(transmit) else { return nil }
        guard capabilities.isWritable else { return .readOnly }
        let room = min(capabilities.size - 2, Tag.longest)
        guard bytes.count <= room else { return .tooLong(room: room) }
        guard try update(0, [0, 0], capabilities, transmit), try update(2, bytes, capabilities, transmit),
            try update(0, [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)], capabilities, transmit)
        else { return .refused }
        return .written
    }

    private static func isThere<E: Error>(_ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> Bool {
        // SELECT by name, which is the NDEF application's.
        Response(try transmit([0x00, 0xA4, 0x04, 0x00, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0x00])).isSuccess
    }

    /// The NDEF file is selected then.
    private static func open<E: Error>(_ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> Capabilities? {
        guard try select([0xE1, 0x03], transmit), let bytes = try binary(0, 15, transmit),
            let capabilities = Capabilities(bytes), try select(capabilities.file, transmit)
        else { return nil }
        return capabilities
    }

    private static func select<E: Error>(_ file: [UInt8], _ transmit: ([UInt8]) throws(E) -> [UInt8]) throws(E) -> Bool {
        Response(try transmit([0x00, 0xA4, 0x00, 0x0C, 0x02] + file)).isSuccess
    }

    private static func binary<E: Error>(
        _ offset: Int, _ count: Int, _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> [UInt8]? {
        let response = Response(try transmit([0x00, 0xB0, UInt8(offset >> 8), UInt8(offset & 0xFF), UInt8(count)]))
        return response.isSuccess ? response.data : nil
    }

    private static func update<E: Error>(
        _ offset: Int, _ bytes: [UInt8], _ capabilities: Capabilities, _ transmit: ([UInt8]) throws(E) -> [UInt8]
    ) throws(E) -> Bool {
        for start in stride(from: 0, to: bytes.count, by: capabilities.command) {
            let part = Array(bytes[start..<min(start + capabilities.command, bytes.count)])
            let place = offset + start
            let command = [0x00, 0xD6, UInt8(place >> 8), UInt8(place & 0xFF), UInt8(part.count)] + part
            guard Response(try transmit(command)).isSuccess else { return false }
        }
        return true
    }
}
