import Crypto
import CryptoExtras
import Foundation

@testable import OSDP

/// A device at the other end of the line, with a secure channel of its own, made after the standard's Annex D.
struct PlayedDevice {
    var key = [UInt8](repeating: 7, count: 16)
    /// Whether it is in its installation mode.
    var takesStandardKey = false
    /// What it answers to the next poll, for once: code and data.
    var next: (code: UInt8, data: [UInt8])?
    /// Codes of the commands that it was sent, and how often it carried one out.
    private(set) var heard: [UInt8] = []
    private(set) var keysGiven = 0

    private var panelRandom: [UInt8] = []
    private let random = Array<UInt8>(0x20...0x27)
    private var session: [UInt8] = []
    private var commandMAC: [UInt8] = []
    private var replyMAC: [UInt8] = []
    private var last: (command: [UInt8], reply: [UInt8]) = ([], [])

    /// The reply, as bytes on the line.
    mutating func answer(_ line: [UInt8]) -> [UInt8] {
        let command = Array(line.drop { $0 == 0xFF })
        // 5.9.2: the same frame again has the same reply.
        if command == last.command { return last.reply }
        guard let frame = Frame(command) else { return [] }
        heard.append(frame.code)
        let reply = reply(to: frame)
        last = (command, reply)
        return reply
    }

    private mutating func reply(to frame: Frame) -> [UInt8] {
        switch frame.code {
        case 0x76:
            let isStandard = frame.security?.data == [0]
            session = isStandard && takesStandardKey ? Array(0x30...0x3F) : key
            panelRandom = frame.data
            let data = [UInt8](repeating: 9, count: 8) + random + Self.cbc(derived(0x82), panelRandom + random)
            return plain(frame, 0x76, data, .clientCryptogram, [isStandard && takesStandardKey ? 0 : 1])
        case 0x77:
            let isRight = frame.data == Self.cbc(derived(0x82), random + panelRandom)
            replyMAC = Self.cbc(derived(2), Self.cbc(derived(1), frame.data))
            return plain(frame, 0x78, replyMAC, .initialMAC, [isRight ? 1 : 0xFF])
        default:
            guard frame.security?.hasMAC == true else { return plain(frame, 0x41, [6]) }
            commandMAC = mac(frame.signed, replyMAC)
            guard frame.mac == Array(commandMAC.prefix(4)) else { return plain(frame, 0x41, [6]) }
            return sealed(frame, carryOut(frame))
        }
    }

    private mutating func carryOut(_ frame: Frame) -> (code: UInt8, data: [UInt8]) {
        switch frame.code {
        case 0x62: return (0x46, [4, 1, 1, 5, 1, 1])
        case 0x64: return (0x48, [0, 0])
        case 0x75:
            let iv = try! AES._CBC.IV(ivBytes: replyMAC.map(~))
            let data = try! AES._CBC.decrypt(frame.data, using: derived(0x82), iv: iv, noPadding: true)
            (key, takesStandardKey, keysGiven) = (Array(data[2..<18]), false, keysGiven + 1)
            return (0x40, [])
        case 0x60:
            defer { next = nil }
            return next ?? (0x40, [])
        default: return (0x40, [])
        }
    }

    func plain(
        _ to: Frame, _ code: UInt8, _ data: [UInt8], _ kind: Frame.SecurityBlock.Kind? = nil, _ blockData: [UInt8] = []
    ) -> [UInt8] {
        Frame(
            address: to.address, isReply: true, sequence: to.sequence,
            security: kind.map { Frame.SecurityBlock(kind: $0, data: blockData) }, code: code, data: data
        ).bytes
    }

    private mutating func sealed(_ to: Frame, _ reply: (code: UInt8, data: [UInt8])) -> [UInt8] {
        var data = reply.data
        if !data.isEmpty {
            data.append(0x80)
            data += [UInt8](repeating: 0, count: (16 - data.count % 16) % 16)
            data = Self.cbc(derived(0x82), data, commandMAC.map(~))
        }
        var frame = Frame(
            address: to.address, isReply: true, sequence: to.sequence,
            security: Frame.SecurityBlock(kind: data.isEmpty ? .reply : .encryptedReply), code: reply.code, data: data)
        replyMAC = mac(frame.signed, commandMAC)
        frame.mac = Array(replyMAC.prefix(4))
        return frame.bytes
    }

    private func derived(_ number: UInt8) -> SymmetricKey {
        let seed = [1, number] + panelRandom.prefix(6) + [UInt8](repeating: 0, count: 8)
        return SymmetricKey(data: Self.cbc(SymmetricKey(data: session), seed))
    }

    private func mac(_ bytes: [UInt8], _ iv: [UInt8]) -> [UInt8] {
        var blocks = bytes
        if blocks.count % 16 != 0 {
            blocks.append(0x80)
            blocks += [UInt8](repeating: 0, count: (16 - blocks.count % 16) % 16)
        }
        var link = iv
        for start in stride(from: 0, to: blocks.count, by: 16) {
            link = Self.cbc(derived(start + 16 == blocks.count ? 2 : 1), Array(blocks[start..<start + 16]), link)
        }
        return link
    }

    private static func cbc(_ key: SymmetricKey, _ data: [UInt8], _ iv: [UInt8] = Array(repeating: 0, count: 16)) -> [UInt8] {
        // Whole blocks and an IV of 16 bytes, so it cannot throw.
        try! Array(AES._CBC.encrypt(data, using: key, iv: AES._CBC.IV(ivBytes: iv), noPadding: true))
    }
}
