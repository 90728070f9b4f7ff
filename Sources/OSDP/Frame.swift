/// What goes over the line at a time: a command to a device, or its reply (IEC 60839-11-5, 5.9).
///
/// | bytes | are |
/// |---|---|
/// | 1 | 0x53 |
/// | 1 | address, 0 to 126, or 127 for all; the highest bit is set in a reply |
/// | 2 | length of the whole, low byte first |
/// | 1 | control: sequence number in bits 0 and 1, bit 2 for a CRC, bit 3 for a security block |
/// | n | security block, if any: its length, its type, its data |
/// | 1 + n | code and data of the command or reply |
/// | 4 | the first bytes of the message authentication code, in frames of a secure channel |
/// | 1 or 2 | checksum or CRC |
public struct Frame: Hashable, Sendable {
    /// Which part of the secure channel a frame is (IEC 60839-11-5, Annex D.1.3).
    public struct SecurityBlock: Hashable, Sendable {
        public enum Kind: UInt8, Hashable, Sendable {
            case challenge = 0x11, clientCryptogram, serverCryptogram, initialMAC
            case command, reply, encryptedCommand, encryptedReply
        }

        public let kind: Kind
        /// Of the handshake's four: which key, or whether it went well.
        public var data: [UInt8] = []

        var bytes: [UInt8] { [UInt8(2 + data.count), kind.rawValue] + data }
        var hasMAC: Bool { kind.rawValue >= Kind.command.rawValue }
        var isEncrypted: Bool { kind == .encryptedCommand || kind == .encryptedReply }
    }

    static let start: UInt8 = 0x53
    static let header = 5
    /// The longest that the standard has.
    static let maximumLength = 1440

    public var address: UInt8
    public var isReply = false
    /// 0 begins anew; then 1, 2, 3, 1, …
    public var sequence: UInt8
    public var usesCRC = true
    public var security: SecurityBlock?
    public var code: UInt8
    /// As they are on the line: encrypted, where the security block says so.
    public var data: [UInt8] = []
    /// Four bytes, where the security block says that there are.
    public var mac: [UInt8] = []

    /// All that comes before the authentication code, which it is made of.
    var signed: [UInt8] {
        let block = security?.bytes ?? []
        let length = Self.header + block.count + 1 + data.count + (security?.hasMAC == true ? 4 : 0) + (usesCRC ? 2 : 1)
        let control = sequence | (usesCRC ? 0x04 : 0) | (security == nil ? 0 : 0x08)
        return [Self.start, address | (isReply ? 0x80 : 0), UInt8(length & 0xFF), UInt8(length >> 8), control] + block + [code]
            + data
    }

    public var bytes: [UInt8] {
        let content = signed + mac
        return content + CheckCode.bytes(of: content, usesCRC: usesCRC)
    }
}

extension Frame {
    /// Nil for bytes that are no whole frame, or are damaged.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count > Self.header, bytes[0] == Self.start, bytes.count <= Self.maximumLength,
            Int(bytes[2]) | Int(bytes[3]) << 8 == bytes.count
        else { return nil }
        let usesCRC = bytes[4] & 0x04 != 0
        let content = bytes.dropLast(usesCRC ? 2 : 1)
        guard CheckCode.bytes(of: content, usesCRC: usesCRC).elementsEqual(bytes[content.endIndex...]) else { return nil }
        self.init(control: bytes[4], address: bytes[1], rest: content.dropFirst(Self.header))
    }

    private init?(control: UInt8, address: UInt8, rest: ArraySlice<UInt8>) {
        // Bits 4 to 7 are of no standard: a frame of which they are set would not be the same one when it is written.
        guard control & 0xF0 == 0 else { return nil }
        (self.address, isReply) = (address & 0x7F, address & 0x80 != 0)
        (sequence, usesCRC) = (control & 0x03, control & 0x04 != 0)
        var rest = rest
        if control & 0x08 != 0 {
            guard let length = rest.first, length >= 2, rest.count >= Int(length),
                let kind = SecurityBlock.Kind(rawValue: rest[rest.startIndex + 1])
            else { return nil }
            security = SecurityBlock(kind: kind, data: Array(rest.prefix(Int(length)).dropFirst(2)))
            rest = rest.dropFirst(Int(length))
        }
        if security?.hasMAC == true {
            guard rest.count > 4 else { return nil }
            mac = Array(rest.suffix(4))
            rest = rest.dropLast(4)
        }
        guard let code = rest.popFirst() else { return nil }
        self.code = code
        data = Array(rest)
    }
}

/// Finds the frames of one device in what a line delivers, between noise. It keeps at most one frame's length.
public struct FrameReader: Sendable {
    private let second: UInt8
    private var buffer: [UInt8] = []

    /// Of the device at an address its replies, or what is sent to it.
    public init(address: UInt8, replies: Bool = true) { second = address & 0x7F | (replies ? 0x80 : 0) }

    public mutating func read(_ bytes: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        for byte in bytes {
            buffer.append(byte)
            while let length = completeLength {
                if let frame = Frame(Array(buffer.prefix(length))) {
                    frames.append(frame)
                    buffer.removeFirst(length)
                } else {
                    // No frame begins here; another may, further on.
                    buffer.removeFirst()
                }
            }
        }
        return frames
    }

    /// How many bytes the frame has that the buffer begins with, once they are all there.
    private var completeLength: Int? {
        mutating get {
            while let start = buffer.firstIndex(of: Frame.start) {
                buffer.removeFirst(start)
                guard buffer.count >= Frame.header else { return nil }
                let length = Int(buffer[2]) | Int(buffer[3]) << 8
                if buffer[1] == second, (Frame.header + 2...Frame.maximumLength).contains(length) {
                    return buffer.count >= length ? length : nil
                }
                buffer.removeFirst()
            }
            buffer = []
            return nil
        }
    }
}
