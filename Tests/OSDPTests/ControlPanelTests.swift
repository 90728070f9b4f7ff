import Testing

@testable import OSDP

/// A panel and a device, with a line between them that a test can tamper with, and a clock.
private struct Table {
    var panel: ControlPanel
    var device = PlayedDevice()
    var now = Duration.zero
    var events: [ControlPanel.Event] = []
    /// What was sent to the device.
    var sent: [[UInt8]] = []
    /// What is on its way to the panel.
    private var arriving: [UInt8] = []

    static let key = BaseKey(hexadecimal: String(repeating: "07", count: 16)) ?? .standard

    init(_ panel: ControlPanel = ControlPanel(address: 0, baud: 9600, key: key)) { self.panel = panel }

    /// Lets time pass, in steps as the port's thread makes them. `line` has each reply before the panel hears it.
    mutating func run(_ time: Duration, line: (_ command: [UInt8], _ reply: [UInt8]) -> [UInt8] = { $1 }) {
        let end = now + time
        while now < end {
            let outputs = panel.receive(arriving, at: now)
            arriving = []
            for output in outputs {
                switch output {
                case .event(let event): events.append(event)
                case .send(let bytes):
                    sent.append(bytes)
                    arriving = line(bytes, device.answer(bytes))
                }
            }
            now += .milliseconds(10)
        }
    }

    mutating func press(_ keys: String) { device.next = (0x53, [0, UInt8(keys.utf8.count)] + keys.utf8) }

    var keys: String {
        events.map { if case .keys(let keys) = $0 { String(decoding: keys.bytes, as: UTF8.self) } else { "" } }.joined()
    }

    var problems: [ControlPanel.Problem] {
        events.compactMap { if case .offline(let problem) = $0 { problem } else { nil } }
    }

    var isOnline: Bool {
        events.last { if case .offline = $0 { true } else if case .online = $0 { true } else { false } }
            .map { if case .online = $0 { true } else { false } } ?? false
    }
}

/// With a check code that is right, so that it is the authentication code that is wrong.
private func forged(_ reply: [UInt8], at offset: Int = -3) -> [UInt8] {
    var content = Array(reply.dropLast(2))
    content[content.count + offset] ^= 1
    return content + CheckCode.bytes(of: content, usesCRC: true)
}

@Suite struct ControlPanelTests {
    @Test func `a device that proves its key is online, and its keys and cards are events`() {
        var table = Table()
        table.run(.seconds(1))
        #expect(table.isOnline && table.problems.isEmpty)
        table.press("12\u{7F}3\r")
        table.run(.seconds(1))
        table.device.next = (0x50, [0, 1, 26, 0, 0x12, 0xAB, 0x34, 0xC0])
        table.run(.seconds(1))
        #expect(table.keys == "12\u{7F}3\r")
        #expect(table.events.last == .card(SecretBytes([0x12, 0xAB, 0x34, 0xC0]), bits: 26))
    }

    @Test func `but for the handshake all that is sent is sealed`() {
        var table = Table()
        table.panel.show(.text("PIN ***"))
        table.run(.seconds(1))
        let frames = table.sent.compactMap { Frame(Array($0.dropFirst())) }
        #expect(frames.count == table.sent.count && frames.prefix(2).map(\.code) == [0x76, 0x77])
        #expect(frames.dropFirst(2).allSatisfy { $0.security?.hasMAC == true })
        #expect(frames.contains { $0.code == 0x6B })
    }

    @Test func `sequence numbers begin with 0 and go on with 1, 2, 3`() {
        var table = Table()
        table.run(.seconds(1))
        let numbers = table.sent.compactMap { Frame(Array($0.dropFirst()))?.sequence }
        #expect(Array(numbers.prefix(8)) == [0, 1, 2, 3, 1, 2, 3, 1])
    }

    @Test(arguments: [1, 2, 3])
    func `a reply that is lost is asked for with the same frame, and its keys come once`(losses: Int) {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var left = losses
        table.run(.seconds(2)) { _, reply in
            guard left > 0 else { return reply }
            left -= 1
            return []
        }
        #expect(table.keys == "5" && table.isOnline && !table.events.contains(.keysLost))
        let repeated = zip(table.sent, table.sent.dropFirst()).filter { $0 == $1 }.count
        #expect(repeated == losses)
    }

    @Test func `a reply that is damaged counts as lost`() {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var isFirst = true
        table.run(.seconds(2)) { _, reply in
            defer { isFirst = false }
            return isFirst ? reply.dropLast() + [reply[reply.count - 1] ^ 0xFF] : [0x53, 0x00] + reply
        }
        #expect(table.keys == "5" && !table.events.contains(.keysLost))
    }

    @Test func `a reply that comes too late, after the frame was repeated, counts once`() {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var late: [UInt8]?
        var isFirst = true
        table.run(.seconds(2)) { _, reply in
            if isFirst {
                (isFirst, late) = (false, reply)
                return []
            }
            defer { late = nil }
            return (late ?? []) + reply
        }
        #expect(table.keys == "5")
    }

    @Test(arguments: [-1, -3, -4, -10]) func `a forged reply is no key, and ends the session`(offset: Int) {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var isFirst = true
        table.run(.milliseconds(100)) { _, reply in
            defer { isFirst = false }
            return isFirst ? forged(reply, at: offset) : reply
        }
        #expect(table.keys == "" && table.events.last == .keysLost)
        table.press("6")
        table.run(.seconds(2))
        #expect(table.keys == "6" && table.isOnline && table.problems.isEmpty)
        #expect(table.device.heard.filter { $0 == 0x76 }.count == 2)
    }

    @Test func `keys that come unsealed are none, in the session and before it`() throws {
        var table = Table()
        let keys: ([UInt8]) -> [UInt8] = { command in
            guard let frame = Frame(Array(command.dropFirst())) else { return [] }
            return PlayedDevice().plain(frame, 0x53, [0, 2, 0x31, 0x32])
        }
        table.run(.seconds(3)) { command, _ in keys(command) }
        #expect(table.events.isEmpty)
        table.run(.seconds(3))
        #expect(table.isOnline)
        table.run(.seconds(3)) { command, _ in keys(command) }
        #expect(table.keys == "" && table.events.contains(.keysLost))
    }

    @Test func `a reply of a former session is no key`() {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var recorded: [(code: UInt8, reply: [UInt8])] = []
        table.run(.milliseconds(500)) { command, reply in
            recorded.append((command[command.count > 12 ? 8 : 6], reply))
            return reply
        }
        #expect(table.keys == "5")
        for (_, reply) in recorded {
            var isFirst = true
            table.run(.seconds(2)) { _, own in
                defer { isFirst = false }
                return isFirst ? reply : own
            }
        }
        #expect(table.keys == "5" && table.isOnline)
    }

    @Test func `a device with another key is told of, and none of its keys count`() {
        var table = Table()
        table.device.key = [UInt8](repeating: 8, count: 16)
        table.press("5")
        table.run(.seconds(3))
        #expect(table.problems.first == .wrongKey && table.keys == "")
        table.device.key = [UInt8](repeating: 7, count: 16)
        table.run(.seconds(3))
        #expect(table.isOnline)
    }

    @Test(arguments: [3, 5] as [UInt8]) func `a device without a secure channel is refused`(reason: UInt8) {
        var table = Table()
        table.run(.seconds(3)) { command, _ in
            Frame(Array(command.dropFirst())).map { PlayedDevice().plain($0, 0x41, [reason]) } ?? []
        }
        #expect(Set(table.problems) == [.noSecureChannel])
        #expect(table.device.heard.allSatisfy { $0 == 0x76 })
    }

    @Test func `a device that answers with the standard's key is refused`() {
        var table = Table()
        table.run(.seconds(3)) { command, reply in
            guard let frame = Frame(Array(command.dropFirst())), let answer = Frame(reply) else { return reply }
            return PlayedDevice().plain(frame, answer.code, answer.data, .clientCryptogram, [0])
        }
        #expect(Set(table.problems) == [.standardKey] && !table.isOnline)
    }

    @Test func `a device that does not answer for 8 seconds is offline, and back when it answers`() {
        var table = Table()
        table.run(.seconds(1))
        table.run(.milliseconds(7900)) { _, _ in [] }
        #expect(table.isOnline)
        table.run(.milliseconds(300)) { _, _ in [] }
        #expect(table.problems == [.silent] && !table.isOnline)
        table.run(.seconds(3))
        #expect(table.isOnline)
    }

    @Test func `noise alone brings nobody online`() {
        var table = Table()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1500 {
            let noise = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for case .event(let event) in table.panel.receive(noise, at: table.now) { table.events.append(event) }
            table.now += .milliseconds(10)
        }
        #expect(table.problems == [.silent] && table.events.count == 1)
    }

    @Test func `a busy device is asked again`() {
        var table = Table()
        table.run(.seconds(1))
        table.press("5")
        var left = 10
        let before = table.sent.count
        table.run(.seconds(4)) { _, reply in
            guard left > 0 else { return reply }
            left -= 1
            return Frame(address: 0, isReply: true, sequence: 0, code: 0x79).bytes
        }
        #expect(Set(table.sent[before..<before + 11]).count == 1)
        #expect(table.keys == "5" && !table.events.contains(.keysLost))
    }

    @Test func `a device that was opened is told of once`() {
        var table = Table()
        table.run(.seconds(1))
        for _ in 0..<2 {
            table.device.next = (0x48, [1, 0])
            table.run(.seconds(1))
        }
        #expect(table.events.filter { $0 == .tampered(true) }.count == 1)
    }

    @Test func `of what is to be shown in one way the newest is sent`() {
        var table = Table()
        for colour in [Command.Colour.green, .red] { table.panel.show(.light(colour)) }
        table.panel.show(.buzzer(on: 1, off: 1, count: 1))
        table.run(.seconds(1))
        #expect(table.device.heard.filter { $0 == 0x69 || $0 == 0x6A } == [0x69, 0x6A])
    }

    @Test func `a new device gets its key over the standard's, and proves it`() {
        var table = Table(ControlPanel(address: 0, baud: 9600, pairing: Table.key))
        table.device.key = []
        table.device.takesStandardKey = true
        table.run(.seconds(3))
        #expect(table.isOnline && table.device.keysGiven == 1)
        #expect(table.device.key == [UInt8](repeating: 7, count: 16))
        table.press("5")
        table.run(.seconds(1))
        #expect(table.keys == "5")
    }

    @Test func `a pairing of which the end is lost comes to its end`() {
        var table = Table(ControlPanel(address: 0, baud: 9600, pairing: Table.key))
        table.device.takesStandardKey = true
        var left = 6
        table.run(.seconds(6)) { command, reply in
            guard Frame(Array(command.dropFirst()))?.code == 0x75, left > 0 else { return reply }
            left -= 1
            return []
        }
        #expect(table.isOnline && table.device.keysGiven == 1)
    }

    @Test func `a device that has a key already does not get another`() {
        var table = Table(ControlPanel(address: 0, baud: 9600, pairing: .random()))
        table.run(.seconds(3))
        #expect(table.problems.first == .pairedBefore && table.device.keysGiven == 0)
    }
}
