import NFCTag
import Testing

private let badge = "ms-qrpin:v1|ada@example.com|11111111-2222-4333-8444-555555555555|AAAAAAAAAAAAAAAAAAAAAA"
private let message = NDEFMessage([.text(badge)])

struct TagTests {
    @Test(arguments: [15, 59, 255] as [UInt8]) func `a Type 4 tag is read in parts as long as it allows`(answer: UInt8) throws {
        let tag = PlayedTag.type4(message.bytes, answer: answer)
        #expect(try Tag.read(tag.transmit) == .message(message))
    }

    @Test func `a Type 2 tag is read behind its lock control block`() throws {
        let area = [0x01, 0x03, 0xA0, 0x0C, 0x34, 0x03, UInt8(message.bytes.count)] + message.bytes + [0xFE]
        #expect(try Tag.read(PlayedTag.type2(area).transmit) == .message(message))
    }

    /// Answers that card readers' manuals print for a MIFARE Ultralight and a MIFARE Classic 1K (PC/SC part 3, §3.1.3.2.3.2).
    @Test(arguments: [0x03, 0x01] as [UInt8]) func `a card of memory alone is sent no command of ISO 7816`(card: UInt8) throws {
        let answer: [UInt8] =
            [0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, card, 0x00, 0x00, 0x00, 0x00]
            + [0x6B ^ card]
        let tag = PlayedTag.type2([0x03, UInt8(message.bytes.count)] + message.bytes)
        var classes: Set<UInt8> = []
        func transmit(_ command: [UInt8]) throws(PlayedTag.Removed) -> [UInt8] {
            classes.insert(command[0])
            return try tag.transmit(command)
        }
        #expect(try Tag.read(answerToReset: answer, transmit) == .message(message))
        #expect(try Tag.write(message, answerToReset: answer, transmit) == .written)
        #expect(classes == [0xFF])
    }

    @Test func `another card is asked for a Type 4 tag first`() throws {
        // A DESFire's, as readers make it up of its ATS.
        let tag = PlayedTag.type4(message.bytes)
        #expect(try Tag.read(answerToReset: [0x3B, 0x81, 0x80, 0x01, 0x80, 0x80], tag.transmit) == .message(message))
    }

    @Test func `a card without an NFC Forum tag is its identifier only`() throws {
        #expect(try Tag.read(PlayedTag.identifierOnly.transmit) == .identifierOnly)
    }

    @Test func `a formatted tag with nothing on it is empty`() throws {
        #expect(try Tag.read(PlayedTag.type4([]).transmit) == .empty)
        #expect(try Tag.read(PlayedTag.type4([0xD0, 0x00, 0x00]).transmit) == .empty)
        #expect(try Tag.read(PlayedTag.type2([0x03, 0x00, 0xFE]).transmit) == .empty)
        #expect(try Tag.read(PlayedTag.type2([0xFE]).transmit) == .empty)
    }

    @Test func `a length beyond the file or beyond any badge is malformed`() throws {
        let short = PlayedTag.type4([], size: 32)
        short.files[[0xE1, 0x04]]?.replaceSubrange(0..<2, with: [0x00, 0x1F])
        #expect(try Tag.read(short.transmit) == .malformed(.message))
        let long = PlayedTag.type4([], size: 0x7FFF)
        long.files[[0xE1, 0x04]]?.replaceSubrange(0..<2, with: [0x7F, 0xFD])
        #expect(try Tag.read(long.transmit) == .malformed(.tooLong))
        #expect(try Tag.read(PlayedTag.type2([0x03, 0xFF, 0x10, 0x00]).transmit) == .malformed(.message))
    }

    @Test func `a message that breaks off is malformed`() throws {
        #expect(try Tag.read(PlayedTag.type4(message.bytes.dropLast()).transmit) == .malformed(.message))
    }

    @Test func `a tag that is not for everyone to read is malformed`() throws {
        let tag = PlayedTag.type4(message.bytes)
        tag.files[[0xE1, 0x03]]?[13] = 0x80
        #expect(try Tag.read(tag.transmit) == .malformed(.capabilities))
    }

    @Test func `a card that is taken away at any command says so`() throws {
        let whole = PlayedTag.type4(message.bytes)
        _ = try Tag.read(whole.transmit)
        for command in 1...whole.commands {
            let tag = PlayedTag.type4(message.bytes)
            tag.removedAt = command
            #expect(throws: PlayedTag.Removed()) { try Tag.read(tag.transmit) }
        }
    }

    @Test func `however much a card claims to hold, reading takes at most 150 commands`() throws {
        let tag = PlayedTag.type4([UInt8](repeating: 0, count: 2048), answer: 15, size: 4096)
        _ = try Tag.read(tag.transmit)
        #expect(tag.commands <= 150)
    }

    @Test func `what is written is read again, from both kinds of tag`() throws {
        for tag in [PlayedTag.type4([]), .type2([0x03, 0x00, 0xFE])] {
            #expect(try Tag.write(message, tag.transmit) == .written)
            #expect(try Tag.read(tag.transmit) == .message(message))
        }
    }

    @Test func `a tag that is taken away while it is written holds no half of a message`() throws {
        for make in [
            { PlayedTag.type4(message.bytes) }, { PlayedTag.type2([0x03, UInt8(message.bytes.count)] + message.bytes) },
        ] {
            let other = NDEFMessage([
                .text("ms-qrpin:v1|bob@example.com|11111111-2222-4333-8444-666666666666|BBBBBBBBBBBBBBBBBBBBBB")
            ])
            let whole = make()
            _ = try Tag.write(other, whole.transmit)
            for command in 1...whole.commands {
                let tag = make()
                tag.removedAt = command
                #expect(throws: PlayedTag.Removed()) { try Tag.write(other, tag.transmit) }
                tag.removedAt = .max
                #expect([.message(message), .empty].contains(try Tag.read(tag.transmit)))
            }
        }
    }

    @Test func `a tag says why it was not written`() throws {
        #expect(try Tag.write(message, PlayedTag.type4([], access: 0xFF).transmit) == .readOnly)
        #expect(try Tag.write(message, PlayedTag.type2([0x03, 0x00], access: 0x0F).transmit) == .readOnly)
        #expect(try Tag.write(message, PlayedTag.type4([], size: 64).transmit) == .tooLong(room: 62))
        #expect(try Tag.write(message, PlayedTag.identifierOnly.transmit) == .notATag)
        let long = NDEFMessage([.text(String(repeating: "a", count: 200))])
        #expect(try Tag.write(long, PlayedTag.type2([0x03, 0x00]).transmit) == .tooLong(room: 142))
    }
}
