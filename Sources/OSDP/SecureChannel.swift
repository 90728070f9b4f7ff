import Crypto
import CryptoExtras
import FoundationEssentials

/// A session between a panel and a device that share a key: each proves that it has it, and each frame proves that it follows the last
/// one (IEC 60839-11-5, Annex D). It prints as `redacted`.
struct SecureChannel: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let encryption, mac1, mac2: SymmetricKey
    /// AES of both random numbers, the other's last: what the device and the panel prove themselves with.
    let clientCryptogram, serverCryptogram: [UInt8]
    /// The authentication codes of the last command and of the last reply, whole.
    private var commandMAC = [UInt8](repeating: 0, count: 16)
    private var replyMAC: [UInt8]

    /// Eight bytes of random numbers from each side.
    init(key: BaseKey, panelRandom: [UInt8], deviceRandom: [UInt8]) {
        let base = SymmetricKey(data: key.secret.bytes)
        func derived(_ first: UInt8, _ second: UInt8) -> SymmetricKey {
            let seed = [first, second] + panelRandom.prefix(6) + [UInt8](repeating: 0, count: 8)
            return SymmetricKey(data: Self.block(seed, base))
        }
        (encryption, mac1, mac2) = (derived(0x01, 0x82), derived(0x01, 0x01), derived(0x01, 0x02))
        clientCryptogram = Self.block(panelRandom + deviceRandom, encryption)
        serverCryptogram = Self.block(deviceRandom + panelRandom, encryption)
        replyMAC = Self.block(Self.block(serverCryptogram, mac1), mac2)
    }

    /// For tests with keys that were not derived.
    init(encryption: [UInt8], mac1: [UInt8], mac2: [UInt8], replyMAC: [UInt8]) {
        (self.encryption, self.mac1, self.mac2) = (.init(data: encryption), .init(data: mac1), .init(data: mac2))
        (clientCryptogram, serverCryptogram, self.replyMAC) = ([], [], replyMAC)
    }

    /// What the device answers to the server's cryptogram when it has derived the same.
    var initialMAC: [UInt8] { replyMAC }

    mutating func seal(_ command: Command, address: UInt8, sequence: UInt8, usesCRC: Bool = true) -> Frame {
        let data = command.data.isEmpty ? [] : encrypted(command.data)
        var frame = Frame(
            address: address, sequence: sequence, usesCRC: usesCRC,
            security: Frame.SecurityBlock(kind: data.isEmpty ? .command : .encryptedCommand), code: command.code, data: data)
        commandMAC = code(of: frame.signed, after: replyMAC)
        frame.mac = Array(commandMAC.prefix(4))
        return frame
    }

    /// Nil for a reply that is not this device's to the last command; the session is over then.
    mutating func open(_ frame: Frame) -> Reply? {
        guard frame.isReply, let security = frame.security, security.kind == .reply || security.kind == .encryptedReply else {
            return nil
        }
        let mac = code(of: frame.signed, after: commandMAC)
        guard Self.areEqual(mac.prefix(4), frame.mac[...]) else { return nil }
        replyMAC = mac
        // Some devices call a reply without data encrypted.
        guard security.isEncrypted, !frame.data.isEmpty else { return Reply(code: frame.code, data: frame.data) }
        return decrypted(frame.data).flatMap { Reply(code: frame.code, data: $0) }
    }

    /// Takes as long for any two of the same length.
    static func areEqual(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A block more when the last one is full: the end is always marked.
    private func encrypted(_ data: [UInt8]) -> [UInt8] {
        Self.chain(Self.padded(data + [0x80]), encryption, replyMAC.map(~))
    }

    private func decrypted(_ data: [UInt8]) -> [UInt8]? {
        guard data.count % 16 == 0, let iv = try? AES._CBC.IV(ivBytes: commandMAC.map(~)),
            let plain = try? AES._CBC.decrypt(data, using: encryption, iv: iv, noPadding: true),
            let end = plain.lastIndex(where: { $0 != 0 }), plain[end] == 0x80
        else { return nil }
        return Array(plain[..<end])
    }

    /// All blocks but the last under one key, the last under the other; the chain goes on from `last`.
    private func code(of bytes: [UInt8], after last: [UInt8]) -> [UInt8] {
        let blocks = bytes.count % 16 == 0 ? bytes : Self.padded(bytes + [0x80])
        let head = Array(blocks.dropLast(16))
        let link = head.isEmpty ? last : Array(Self.chain(head, mac1, last).suffix(16))
        return Self.chain(Array(blocks.suffix(16)), mac2, link)
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (16 - bytes.count % 16) % 16)
    }

    private static func block(_ bytes: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        chain(bytes, key, [UInt8](repeating: 0, count: 16))
    }

    /// Whole blocks, a key and an initialisation vector of 16 bytes: these are all that this mode asks for, so it cannot throw.
    private static func chain(_ bytes: [UInt8], _ key: SymmetricKey, _ iv: [UInt8]) -> [UInt8] {
        try! Array(AES._CBC.encrypt(bytes, using: key, iv: AES._CBC.IV(ivBytes: iv), noPadding: true))
    }

    var description: String { "redacted" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
