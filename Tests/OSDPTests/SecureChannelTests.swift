import Foundation
import Testing

@testable import OSDP

@Suite struct SecureChannelTests {
    /// SIA OSDP, Annex E.
    @Test func `both sides prove themselves with the standard's example`() {
        let channel = SecureChannel(
            key: .standard, panelRandom: Array(0xB0...0xB7), deviceRandom: Array(0xA0...0xA7))
        #expect(channel.serverCryptogram == bytes("26D3356E07762D262801FC8E6665A891"))
        #expect(channel.clientCryptogram == bytes("FDE5D2F428EC16312471EA3C02BD7796"))
        #expect(channel.initialMAC == bytes("B2A30057EB98BA2229EC1F875662B524"))
    }

    /// Made by OSDP.Net with keys of nothing but zeros.
    @Test(
        arguments: FrameTests.commands.map(\.0)
            .filter { [0x60, 0x61, 0x62, 0x64, 0x75].contains($0.code) }.reduce(into: [UInt8: Command]()) { $0[$1.code] = $1 }
            .values)
    func `a command is sealed as another implementation seals it`(command: Command) throws {
        let sealed: [UInt8: String] = [
            0x60: "53-00-0E-00-0E-02-15-60-4B-32-76-77-73-B6", 0x64: "53-00-0E-00-0E-02-15-64-6F-63-24-6F-D0-50",
            0x61: "53-00-1E-00-0E-02-17-61-D1-4E-B7-AD-98-2C-C5-F9-AA-25-31-8A-7E-AE-D6-26-9A-E9-95-73-19-83",
            0x62: "53-00-1E-00-0E-02-17-62-D1-4E-B7-AD-98-2C-C5-F9-AA-25-31-8A-7E-AE-D6-26-0F-6A-2A-A7-38-70",
            0x75: """
            53-00-2E-00-0E-02-17-75-F0-DD-EC-9A-0E-D8-CE-4C-80-BA-F5-D5-5C-18-43-6F-91-89-FD-66-C9-F2-23-DC-04-14-86-D8-33-57-DF-98
            -6C-1D-4B-C2-B2-F2
            """,
        ]
        let zeros = [UInt8](repeating: 0, count: 16)
        var channel = SecureChannel(encryption: zeros, mac1: zeros, mac2: zeros, replyMAC: zeros)
        #expect(channel.seal(command, address: 0, sequence: 2).bytes == bytes(try #require(sealed[command.code])))
    }

    /// What libosdp's own panel and device said to each other (Tests/OSDP/record.py).
    @Test func `a session of another implementation is sealed and opened the same`() throws {
        let session = try Recording.session()
        var channel = session.channel
        var commands = session.commands.makeIterator()
        var (polls, opened): (Int, [Reply]) = (0, [])
        for (sent, received) in session.exchanges {
            let next = sent.code == Command.poll.code ? .poll : commands.next()
            let command = try #require(next)
            if command == .poll { polls += 1 }
            #expect(channel.seal(command, address: 5, sequence: sent.sequence) == sent)
            let reply = channel.open(received)
            opened.append(try #require(reply))
        }
        let left = commands.next()
        #expect(polls > 3 && left == nil)
        #expect(
            opened.filter { $0 != .ack } == [
                .keys(SecretBytes([0x31])), .keys(SecretBytes([0x32, 0x35, 0x7F, 0x0D])),
                .card(SecretBytes([0x12, 0xAB, 0x34, 0xC0]), bits: 26),
            ])
    }

    @Test func `a reply with any bit changed is not opened`() throws {
        let session = try Recording.session()
        var channel = session.channel
        for (sent, received) in session.exchanges.prefix(4) {
            let command = sent.code == Command.poll.code ? Command.poll : session.commands[0]
            #expect(channel.seal(command, address: 5, sequence: sent.sequence) == sent)
            let whole = received.bytes.dropLast(2)
            for index in whole.indices.dropFirst() {
                for bit in 0..<8 {
                    var forged = Array(whole)
                    forged[index] ^= 1 << bit
                    forged += CheckCode.bytes(of: forged, usesCRC: true)
                    var victim = channel
                    if let frame = Frame(forged) { #expect(victim.open(frame) == nil) }
                }
            }
            #expect(channel.open(received) != nil)
        }
    }

    @Test func `a reply that was heard before is not opened`() throws {
        let session = try Recording.session()
        var channel = session.channel
        let polls = session.exchanges.prefix { $0.0.code == Command.poll.code }
        for (sent, received) in polls {
            _ = channel.seal(.poll, address: 5, sequence: sent.sequence)
            #expect(channel.open(received) == .ack)
        }
        _ = channel.seal(.poll, address: 5, sequence: 1)
        for (_, received) in polls { #expect(channel.open(received) == nil) }
    }

    @Test func `no key shows, however it is printed`() throws {
        let key = try #require(BaseKey(hexadecimal: "a1b2c3d4e5f60718293a4b5c6d7e8f90"))
        var panel = ControlPanel(address: 0, baud: 9600, pairing: key)
        _ = panel.receive([], at: .zero)
        let channel = SecureChannel(key: key, panelRandom: Array(0...7), deviceRandom: Array(8...15))
        var texts = [
            "\(key)", String(reflecting: key), "\(channel)", String(reflecting: channel), "\(Command.keySet(key))",
            "\(Reply.keys(SecretBytes([0x31, 0x32, 0x33])))", "\(ControlPanel.Event.keys(SecretBytes([0x31, 0x32, 0x33])))",
            "\(panel)",
        ]
        for value: Any in [key, channel, panel] as [Any] {
            var text = ""
            dump(value, to: &text)
            texts.append(text)
        }
        for text in texts {
            // A panel's random numbers show: one of them may be the key's by chance, three in a row are not.
            let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(!numbers.contains([0xA1, 0xB2, 0xC3]) && !numbers.contains([0x31, 0x32, 0x33]), "\(text)")
            #expect(!text.lowercased().contains("a1b2c3"), "\(text)")
        }
    }

    @Test(arguments: [
        "", "30313233", "303132333435363738393a3b3c3d3e3f", "g0313233343536373839303132333435",
        "+1313233343536373839303132333435",
    ])
    func `what is no key of a device's own is none`(text: String) { #expect(BaseKey(hexadecimal: text) == nil) }

    @Test func `a key is the same one when it is written and read again`() {
        let key = BaseKey.random()
        #expect(BaseKey(hexadecimal: key.hexadecimal) == key && BaseKey.random() != key)
    }
}

/// Fixtures/libosdp.txt: frames to the device begin with `>`, those from it with `<`.
struct Recording {
    let channel: SecureChannel
    let exchanges: [(sent: Frame, received: Frame)]
    /// What the panel sent besides polls.
    let commands: [Command] = [.light(.red), .buzzer(on: 1, off: 1, count: 3), .text("Not signed in   ")]

    static func session() throws -> Recording {
        let path = Bundle.module.url(forResource: "libosdp", withExtension: "txt", subdirectory: "Fixtures")
        let file = try #require(path)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.split(separator: " ") }
        let key = try #require(BaseKey(hexadecimal: lines[0][1]))
        let frames = try lines.dropFirst().map { line in
            try #require(Frame(Array(bytes(String(line[1])).drop { $0 == 0xFF })))
        }
        let challenge = try #require(frames.first { $0.security?.kind == .challenge })
        let answer = try #require(frames.first { $0.security?.kind == .clientCryptogram })
        let channel = SecureChannel(key: key, panelRandom: challenge.data, deviceRandom: Array(answer.data[8..<16]))
        #expect(channel.clientCryptogram == Array(answer.data[16...]))
        let proof = try #require(frames.first { $0.security?.kind == .serverCryptogram })
        #expect(channel.serverCryptogram == proof.data)
        let initial = try #require(frames.first { $0.security?.kind == .initialMAC })
        #expect(channel.initialMAC == initial.data)
        let secured = frames.filter { $0.security?.hasMAC == true }
        return Recording(
            channel: channel,
            exchanges: stride(from: 0, to: secured.count - 1, by: 2).map { (secured[$0], secured[$0 + 1]) })
    }
}
