import NFCTag
import Testing

struct NDEFTests {
    /// Short record that begins and ends a message (NDEF 1.0, §3.2): type of 1 byte, payload of 1 + 5 + 13; UTF-8, language of 5 (Text RTD 1.0, §3.2.1).
    @Test func `a Text record is read behind its language`() throws {
        let bytes = [0xD1, 0x01, 0x13, 0x54, 0x05] + Array("en-USHello, world!".utf8)
        #expect(try #require(NDEFMessage(bytes)).text == "Hello, world!")
    }

    @Test func `UTF-16 is read in either order`() throws {
        for (units, mark) in [
            ([0x00, 0x61] as [UInt8], [] as [UInt8]), ([0x00, 0x61], [0xFE, 0xFF]), ([0x61, 0x00], [0xFF, 0xFE]),
        ] {
            let record = NDEFRecord(format: 1, type: [0x54], payload: [0x82, 0x65, 0x6E] + mark + units)
            #expect(record.text == "a")
        }
    }

    @Test(arguments: ["ms-qrpin:v1|ada|x", "ms-qrpin:v1%7Cada%7cx"]) func `a URI record is read, escaped or not`(uri: String) {
        #expect(NDEFRecord(format: 1, type: [0x55], payload: [0] + Array(uri.utf8)).text == "ms-qrpin:v1|ada|x")
    }

    @Test(arguments: ["%", "%7", "%zz", "100%"]) func `a percent sign that escapes nothing stays`(uri: String) {
        #expect(NDEFRecord(format: 1, type: [0x55], payload: [0] + Array(uri.utf8)).text == uri)
    }

    @Test func `the first record that says something counts`() {
        let other = NDEFRecord(format: 2, type: Array("text/x".utf8), payload: [1])
        #expect(NDEFMessage([other, .text("a"), .text("b")]).text == "a")
    }

    @Test func `of a web address the rest is read, and it is not what the message says`() {
        let address = NDEFRecord(format: 1, type: [0x55], payload: [4] + Array("example.test/?e=1".utf8))
        let message = NDEFMessage([address, .text("a")])
        #expect(message.text == "a" && message.contents == ["example.test/?e=1", "a"])
    }

    @Test func `short and long records are read again as they were written`() {
        for length in [0, 1, 252, 253, 254, 2000] {
            let message = NDEFMessage([.text(String(repeating: "a", count: length)), .text("b")])
            #expect(NDEFMessage(message.bytes) == message)
        }
    }

    @Test(
        arguments: [
            [], [0xD1], [0x51, 0x01, 0x00, 0x54], [0x91, 0x01, 0x00, 0x54], [0xD1, 0x01, 0x00, 0x54, 0x00],
            [0xF1, 0x01, 0x00, 0x54], [0xD7, 0x00, 0x00], [0xC1, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x54],
            [0xD9, 0x01, 0x00, 0x02, 0x54],
        ] as [[UInt8]]) func `what is begun, ended or counted wrongly is no message`(bytes: [UInt8])
    {
        #expect(NDEFMessage(bytes) == nil)
    }

    @Test(
        arguments: [
            [0x00, 0xFF], [0x3F, 0x65], [0x42, 0x65, 0x6E, 0x61], [0x82, 0x65, 0x6E, 0x00], [0x82, 0x65, 0x6E, 0xD8, 0x00],
        ]
            as [[UInt8]])
    func `a Text record that breaks its rules says nothing`(payload: [UInt8]) {
        #expect(NDEFRecord(format: 1, type: [0x54], payload: payload).text == nil)
    }

    @Test func `a message prints without what it says`() {
        let reading = TagReading.message(NDEFMessage([.text("secret")]))
        var dumped = ""
        dump(reading, to: &dumped)
        for text in ["\(reading)", String(reflecting: reading), dumped] {
            #expect(!text.contains("secret") && !text.contains("115"))
        }
    }
}
