import Testing

@testable import OSDP

/// Hexadecimal digits, with anything between them.
func bytes(_ text: String) -> [UInt8] {
    let digits = Array(text.filter(\.isHexDigit))
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
}

@Suite struct FrameTests {
    /// SIA OSDP, Annex E: examples of CRC and checksum.
    @Test(arguments: [("53 7F 0D 00 04 6E 00 80 25 00 00", "6E 38"), ("53 00 09 00 04 61 00", "C0 66")])
    func `the CRC is the standard's`(frame: String, crc: String) {
        #expect(CheckCode.bytes(of: bytes(frame), usesCRC: true) == bytes(crc))
    }

    @Test(arguments: [("53 7F 0C 00 00 6E 00 80 25 00 00", 0x0F), ("53 00 08 00 00 61 00", 0x44)] as [(String, UInt8)])
    func `the checksum is the standard's`(frame: String, checksum: UInt8) {
        #expect(CheckCode.checksum(bytes(frame)) == checksum)
    }

    /// Made by OSDP.Net, another implementation.
    static let commands: [(Command, Bool, String)] = [
        (.poll, true, "53-00-08-00-06-60-89-CC"), (.poll, false, "53-00-07-00-02-60-44"),
        (.identification, true, "53-00-09-00-06-61-00-A0-08"), (.identification, false, "53-00-08-00-02-61-00-42"),
        (.capabilities, true, "53-00-09-00-06-62-00-F3-5D"), (.localStatus, true, "53-00-08-00-06-64-0D-8C"),
        (.buzzer(on: 2, off: 2, count: 1), true, "53-00-0D-00-06-6A-00-02-02-02-01-59-92"),
        (
            .keySet(BaseKey(hexadecimal: "00010203040506070001020304050607") ?? .standard), true,
            "53-00-1A-00-06-75-01-10-00-01-02-03-04-05-06-07-00-01-02-03-04-05-06-07-CF-A3"
        ),
    ]

    @Test(arguments: commands) func `a command is a frame`(command: Command, usesCRC: Bool, frame: String) throws {
        let sent = Frame(address: 0, sequence: 2, usesCRC: usesCRC, code: command.code, data: command.data)
        #expect(sent.bytes == bytes(frame))
        #expect(Frame(bytes(frame)) == sent)
    }

    /// Read off the line of a reader.
    @Test func `a reply is read`() throws {
        let ack = try #require(Frame([83, 128, 8, 0, 5, 64, 104, 159]))
        #expect(ack.isReply && ack.address == 0 && ack.sequence == 1)
        #expect(Reply(code: ack.code, data: ack.data) == .ack)
        let identification = try #require(Frame(bytes("53-80-14-00-06-45-00-0E-E3-10-10-00-00-74-97-23-06-06-1B-88")))
        #expect(Reply(code: identification.code, data: identification.data) == .identification)
    }

    @Test func `a damaged frame is none`() {
        let whole = bytes("53-00-0D-00-06-6A-00-02-02-02-01-59-92")
        for index in whole.indices {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << bit
                #expect(Frame(damaged) == nil)
            }
        }
        for count in 0..<whole.count { #expect(Frame(Array(whole.prefix(count))) == nil) }
    }

    @Test func `frames of other devices, and what was sent by oneself, are passed over`() {
        let frame = Frame(address: 5, isReply: true, sequence: 1, code: 0x40)
        var (other, own) = (frame, frame)
        (other.address, own.isReply) = (6, false)
        var reader = FrameReader(address: 5)
        #expect(reader.read(own.bytes + other.bytes + frame.bytes + own.bytes) == [frame])
    }

    @Test func `frames are found between noise, however they arrive`() {
        let frames = Self.commands.map { bytes($0.2) }
        let noise: [[UInt8]] = [[], [0xFF], [0x53], [0x53, 0x53], [0x53, 0x00, 0x00], [0x00, 0x53, 0x80, 0x02, 0x00, 0x04]]
        let line = frames.enumerated().flatMap { noise[$0.offset % noise.count] + $0.element }
        for chunk in [1, 3, line.count] {
            var reader = FrameReader(address: 0, replies: false)
            let read = stride(from: 0, to: line.count, by: chunk).flatMap {
                reader.read(Array(line[$0..<min($0 + chunk, line.count)]))
            }
            #expect(read.map(\.bytes) == frames)
        }
    }
}

@Suite struct ReplyTests {
    @Test func `keys come as the device counts them`() {
        let keys: [UInt8] = [0x31, 0x32, 0x33, 0x7F, 0x0D]
        #expect(Reply(code: 0x53, data: [1, 5] + keys) == .keys(SecretBytes(keys)))
        #expect(Reply(code: 0x53, data: [1, 0]) == .keys(SecretBytes([])))
        #expect(Reply(code: 0x53, data: [1, 2, 0x31]) == nil)
    }

    @Test func `a card's bits come with their number`() {
        #expect(Reply(code: 0x50, data: [5, 0, 0x10, 0, 0x12, 0xAB]) == .card(SecretBytes([0x12, 0xAB]), bits: 16))
        #expect(Reply(code: 0x50, data: [5, 0, 0x11, 0, 0x12, 0xAB]) == nil)
    }

    @Test func `what a device can show is known by its capabilities`() {
        // As libosdp's device tells them: a light, a buzzer, a display of one row.
        guard
            case .capabilities(let found)? = Reply(
                code: 0x46, data: bytes("040101 050101 060101 080100 090100 0a0001 100200"))
        else {
            Issue.record("no capabilities")
            return
        }
        #expect(found.hasLight && found.hasBuzzer && found.columns == 16)
    }

    @Test func `no data of any length is a crash`() {
        for code in UInt8.min ... .max {
            for length in 0...40 { _ = Reply(code: code, data: Array(repeating: 0xFF, count: length)) }
        }
    }
}
