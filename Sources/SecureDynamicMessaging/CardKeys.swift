import Crypto
import CryptoExtras
import FoundationEssentials

/// The two AES-128 keys of an NTAG 424 DNA by which its dynamic messages are made and checked (NXP AN12196, §3.2). They have no description.
public struct CardKeys: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// SDMMetaRead, which encrypts who the card is.
    let metaRead: [UInt8]
    /// SDMFileRead, from which each MAC's key is derived.
    let fileRead: [UInt8]

    /// Nil unless each is 32 hexadecimal digits.
    public init?(metaRead: String, fileRead: String) {
        guard let metaRead = [UInt8](hexadecimal: metaRead, count: 16), let fileRead = [UInt8](hexadecimal: fileRead, count: 16)
        else { return nil }
        (self.metaRead, self.fileRead) = (metaRead, fileRead)
    }

    /// Nil unless there are 32: SDMMetaRead, then SDMFileRead.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        (metaRead, fileRead) = (Array(bytes.prefix(16)), Array(bytes.suffix(16)))
    }

    /// For ``init(bytes:)``; to be encrypted wherever it goes.
    public var bytes: [UInt8] { metaRead + fileRead }

    /// Whether one of them is that of a card as it is delivered, 16 zero bytes, which everybody knows (NT4H2421Gx, §8.2.3).
    public var areFactoryKeys: Bool { [metaRead, fileRead].contains { key in key.allSatisfy { $0 == 0 } } }

    /// Which card made the message, and when it did; nil when it is not by these keys. `macInput` is what the MAC is over beside the card's
    /// number and counter: nothing, unless the card was set up so.
    public func reading(of message: DynamicMessage, macInput: [UInt8] = []) -> CardReading? {
        guard let reading = CardReading(piccData: decrypted(message.encryptedPICCData)) else { return nil }
        return areEqual(mac(macInput, at: reading), message.mac) ? reading : nil
    }

    /// PICCData (§3.4.2): AES-CBC with an IV of zeros, which for one block is the cipher alone.
    func decrypted(_ block: [UInt8]) -> [UInt8] {
        var block = block
        // Both have 16 bytes, which is all that this can object to.
        try! AES.inversePermute(&block, key: SymmetricKey(data: metaRead))
        return block
    }

    /// SDMMAC (§3.4.4): the second byte of each two of the CMAC.
    func mac(_ input: [UInt8], at reading: CardReading) -> [UInt8] {
        let whole = Self.cmac(input, key: sessionKey(at: reading))
        return stride(from: 1, to: 16, by: 2).map { whole[$0] }
    }

    /// KSesSDMFileReadMAC (§3.3): CMAC over SV2.
    func sessionKey(at reading: CardReading) -> [UInt8] {
        Self.cmac([0x3C, 0xC3, 0x00, 0x01, 0x00, 0x80] + reading.uid + reading.counterBytes, key: fileRead)
    }

    /// AES-CMAC (RFC 4493). `key` has 16 bytes.
    static func cmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        // It objects to keys of another length alone.
        var code = try! AES.CMAC(key: SymmetricKey(data: key))
        code.update(data: message)
        return Array(code.finalize())
    }

    public static func == (one: CardKeys, other: CardKeys) -> Bool { areEqual(one.bytes, other.bytes) }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// As long for bytes that differ early as for those that differ late or not at all.
private func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
