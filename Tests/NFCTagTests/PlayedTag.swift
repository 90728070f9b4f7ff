/// A tag that answers as the standards say, from its own memory.
final class PlayedTag {
    struct Removed: Error, Equatable {}

    /// Type 4: the files by their ids. Type 2: its memory under the empty id.
    var files: [[UInt8]: [UInt8]]
    private var selected: [UInt8]?
    private(set) var commands = 0
    /// The card is taken away at this command.
    var removedAt = Int.max

    private init(_ files: [[UInt8]: [UInt8]]) { self.files = files }

    /// The capability container has mapping version 2.0 and room for `size` bytes, the length included.
    static func type4(_ message: [UInt8], answer: UInt8 = 0x3B, size: Int = 1024, access: UInt8 = 0) -> PlayedTag {
        let container: [UInt8] =
            [0x00, 0x0F, 0x20, 0x00, answer, 0x00, 0x34, 0x04, 0x06, 0xE1, 0x04, UInt8(size >> 8), UInt8(size & 0xFF)] + [
                0, access,
            ]
        let file = [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
        return PlayedTag([[0xE1, 0x03]: container, [0xE1, 0x04]: file + [UInt8](repeating: 0, count: size - file.count)])
    }

    /// An NTAG213's layout: 144 bytes for data, with a lock control block before the message as it is delivered.
    static func type2(_ area: [UInt8], access: UInt8 = 0) -> PlayedTag {
        let memory = [UInt8](repeating: 0, count: 12) + [0xE1, 0x10, 0x12, access] + area
        return PlayedTag([[]: memory + [UInt8](repeating: 0, count: 180 - memory.count)])
    }

    static var identifierOnly: PlayedTag { PlayedTag([:]) }

    func transmit(_ command: [UInt8]) throws(Removed) -> [UInt8] {
        commands += 1
        if commands >= removedAt { throw Removed() }
        return answer(command)
    }

    private func answer(_ command: [UInt8]) -> [UInt8] {
        switch (command[0], command[1]) {
        case (0x00, 0xA4) where files[[]] == nil: select(command)
        case (0x00, 0xB0): read(selected, at: Int(command[2]) << 8 | Int(command[3]), Int(command[4]))
        case (0x00, 0xD6): write(selected, at: Int(command[2]) << 8 | Int(command[3]), command.dropFirst(5))
        case (0xFF, 0xB0): read([], at: (Int(command[2]) << 8 | Int(command[3])) * 4, Int(command[4]))
        case (0xFF, 0xD6): write([], at: (Int(command[2]) << 8 | Int(command[3])) * 4, command.dropFirst(5))
        default: [0x6D, 0x00]
        }
    }

    private func select(_ command: [UInt8]) -> [UInt8] {
        if command[2] == 0x04 { return files.isEmpty ? [0x6A, 0x82] : [0x90, 0x00] }
        selected = Array(command[5...6])
        return files[Array(command[5...6])] == nil ? [0x6A, 0x82] : [0x90, 0x00]
    }

    private func read(_ id: [UInt8]?, at place: Int, _ count: Int) -> [UInt8] {
        guard let file = id.flatMap({ files[$0] }), place + count <= file.count else { return [0x6B, 0x00] }
        return Array(file[place..<place + count]) + [0x90, 0x00]
    }

    private func write(_ id: [UInt8]?, at place: Int, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard let id, let file = files[id], place + bytes.count <= file.count else { return [0x6B, 0x00] }
        files[id]?.replaceSubrange(place..<place + bytes.count, with: bytes)
        return [0x90, 0x00]
    }
}
