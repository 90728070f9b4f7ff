import Testing

@testable import SecureDynamicMessaging

private func hex(_ text: String) -> [UInt8] { [UInt8](hexadecimal: text, count: text.count / 2) ?? [] }

/// RFC 4493 §4, and AES-128 examples of NIST SP 800-38B, which are the same.
struct CMACTests {
    private static let message = """
        6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710
        """

    @Test(
        arguments: [
            (0, "bb1d6929e95937287fa37d129b756746"), (16, "070a16b46b4d4144f79bdd9dd04a287c"),
            (40, "dfa66747de9ae63030ca32611497c827"), (64, "51f0bebf7e3b9d92fc49741779363cfe"),
        ])
    func `the library's CMAC is the standard's`(length: Int, code: String) {
        let key = hex("2b7e151628aed2a6abf7158809cf4f3c")
        #expect(CardKeys.cmac(Array(hex(Self.message).prefix(length)), key: key) == hex(code))
    }
}

/// NXP AN12196, rev. 2.0, tables 1, 2, 4 and 5.
struct ApplicationNoteTests {
    private static let zero = String(repeating: "0", count: 32)

    @Test func `table 1: the session key of a card's read`() throws {
        let keys = try #require(CardKeys(metaRead: Self.zero, fileRead: "5ACE7E50AB65D5D51FD5BF5A16B8205B"))
        let reading = CardReading(uid: hex("04C767F2066180"), counter: 1)
        #expect(keys.sessionKey(at: reading) == hex("3A3E8110E05311F7A3FCF0D969BF2B48"))
    }

    @Test func `table 2: who the card is, and its counter with the least significant byte first`() throws {
        let keys = try #require(CardKeys(metaRead: Self.zero, fileRead: Self.zero))
        let data = keys.decrypted(hex("EF963FF7828658A599F3041510671E88"))
        #expect(data == hex("C704DE5F1EACC0403D0000DA5CF60941"))
        #expect(CardReading(piccData: data) == CardReading(uid: hex("04DE5F1EACC040"), counter: 61))
    }

    @Test func `table 4: a message whose MAC is over nothing`() throws {
        let keys = try #require(CardKeys(metaRead: Self.zero, fileRead: Self.zero))
        let reading = CardReading(uid: hex("04DE5F1EACC040"), counter: 61)
        #expect(keys.sessionKey(at: reading) == hex("3FB5F6E3A807A03D5E3570ACE393776F"))
        #expect(keys.mac([], at: reading) == hex("94EED9EE65337086"))
        let uri = "https://ntag.nxp.com/424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
        #expect(keys.reading(of: try #require(DynamicMessage(uri))) == reading)
    }

    @Test func `table 5: a message whose MAC is over a part of the file`() throws {
        let keys = try #require(CardKeys(metaRead: Self.zero, fileRead: Self.zero))
        let message = try #require(DynamicMessage("e=FD91EC264309878BE6345CBE53BADF40&c=ECC1E7F6C6C73BF6"))
        let reading = CardReading(uid: hex("04958CAA5C5E80"), counter: 8)
        #expect(keys.sessionKey(at: reading) == hex("3ED0920E5E6A0320D823D5987FEAFBB1"))
        #expect(keys.reading(of: message, macInput: Array("CEE9A53E3E463EF1F459635736738962&cmac=".utf8)) == reading)
        #expect(keys.reading(of: message) == nil)
    }

    @Test func `a message of which one bit is another is not the card's`() throws {
        let keys = try #require(CardKeys(metaRead: Self.zero, fileRead: Self.zero))
        let message = hex("EF963FF7828658A599F3041510671E88" + "94EED9EE65337086")
        for bit in 0..<message.count * 8 {
            var forged = message
            forged[bit / 8] ^= 1 << (bit % 8)
            let text = "e=\(Array(forged.prefix(16)).hexadecimal)&c=\(Array(forged.suffix(8)).hexadecimal)"
            let reading = try keys.reading(of: #require(DynamicMessage(text)))
            #expect(reading == nil, "bit \(bit)")
        }
    }

    @Test(arguments: [("01", "00"), ("00", "01")]) func `a message is by both keys or by none`(meta: String, file: String) throws
    {
        let rest = String(repeating: "0", count: 30)
        let keys = try #require(CardKeys(metaRead: meta + rest, fileRead: file + rest))
        let message = try #require(DynamicMessage("e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"))
        #expect(keys.reading(of: message) == nil)
    }
}

struct DynamicMessageTests {
    private static let (e, c) = ("e=EF963FF7828658A599F3041510671E88", "c=94EED9EE65337086")

    @Test(arguments: ["\(e)&\(c)", "\(c)&\(e)", "?\(e)&\(c)", "https://a.test/x?y=1&\(e)&z&\(c)", "\(e)&\(c)".lowercased()])
    func `the parameters are found, in either order and case, with a URI before them or not`(text: String) {
        #expect(DynamicMessage(text)?.text == "\(Self.e)&\(Self.c)")
    }

    @Test(
        arguments: [
            "", "?", "&", e, c, "\(e)\(c)", "\(e)&\(e)&\(c)", "\(e)&\(c)&\(c)", "\(e)0&\(c)", "\(e)&\(c)00",
            "\(e.dropLast())&\(c)",
            "\(e.dropLast())g&\(c)", "\(e.dropLast())é&\(c)", "\(e)&\(c)?", "E\(e.dropFirst())&\(c)", "\(e.dropLast(2))0x&\(c)",
            "\(e)&c=",
            "\(e)&\(c.dropLast(2))+1", "\(e)&\(c)\r", "ms-qrpin:v1|ada@example.test|x|\(e)&\(c)",
        ])
    func `what is malformed, twice or missing is no message`(text: String) {
        #expect(DynamicMessage(text) == nil)
    }

    @Test func `a placeholder is as long as what a card writes over it`() throws {
        #expect(DynamicMessage.placeholder.count == (Self.e + "&" + Self.c).count)
        #expect(try #require(DynamicMessage(DynamicMessage.placeholder)).text == DynamicMessage.placeholder)
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 31), String(repeating: "0", count: 33), String(repeating: "g", count: 32),
    ])
    func `a key is 32 hexadecimal digits`(text: String) {
        let right = String(repeating: "1", count: 32)
        #expect(CardKeys(metaRead: text, fileRead: right) == nil && CardKeys(metaRead: right, fileRead: text) == nil)
        #expect(CardKeys(metaRead: right, fileRead: right)?.areFactoryKeys == false)
    }

    @Test func `keys come back as they were, and a key of zeros is the factory's`() throws {
        let (one, zero) = (String(repeating: "1", count: 32), String(repeating: "0", count: 32))
        for (meta, file) in [(one, zero), (zero, one)] {
            let keys = try #require(CardKeys(metaRead: meta, fileRead: file))
            #expect(CardKeys(bytes: keys.bytes) == keys && keys.areFactoryKeys)
            #expect(CardKeys(bytes: Array(keys.bytes.reversed())) != keys && CardKeys(bytes: Array(keys.bytes.dropLast())) == nil)
        }
    }

    @Test func `neither keys nor messages print what they hold`() throws {
        let keys = try #require(
            CardKeys(metaRead: String(repeating: "7", count: 32), fileRead: String(repeating: "7", count: 32)))
        let message = try #require(
            DynamicMessage("e=\(String(repeating: "7", count: 32))&c=\(String(repeating: "7", count: 16))"))
        var dumped = ""
        dump(keys, to: &dumped)
        dump(message, to: &dumped)
        for text in ["\(keys)", "\(message)", String(reflecting: keys), String(reflecting: message), dumped] {
            #expect(!text.contains("7") && !text.contains("119"))
        }
    }
}
