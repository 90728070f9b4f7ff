import Glibc
import Testing
import Verifier

@testable import SerialKeypad
@testable import SerialLine

@Suite struct SerialPortTests {
    @Test func `a real terminal delivers its bytes unchanged, and its hang-up is an error`() throws {
        let terminal = try PseudoTerminal()
        let path = terminal.path
        let port = try SerialPort(path: path)
        #expect(try port.read(within: 1).isEmpty)
        let sent: [UInt8] = [0x30, 0x0D, 0x03, 0x11, 0xFF]
        terminal.write(sent)
        var received: [UInt8] = []
        while received.count < sent.count {
            let bytes = try port.read(within: 5000)
            guard !bytes.isEmpty else { break }
            received += bytes
        }
        #expect(received == sent)
        terminal.hangUp()
        let gone = #expect(throws: SerialPortError.self) { try port.read(within: 5000) }
        #expect(gone?.failure == .gone)
    }

    @Test(arguments: [("/dev/no-such-port", SerialPortError.Failure.system(ENOENT)), ("/dev/null", .system(ENOTTY))])
    func `a path that is no port is named with its cure`(path: String, failure: SerialPortError.Failure) {
        let error = #expect(throws: SerialPortError.self) { _ = try SerialPort(path: path) }
        #expect(error?.failure == failure)
        #expect(error?.description.hasPrefix(path + ": ") == true)
    }

    @Test func `a speed that termios has not is refused`() {
        var settings = SerialSettings()
        settings.baud = 1234
        let error = #expect(throws: SerialPortError.self) { _ = try SerialPort(path: "/dev/null", settings: settings) }
        #expect(error?.failure == .baud(1234))
    }

    @Test(arguments: [
        ("8N1", CS8, 0), ("7E1", CS7 | PARENB, 0), ("7O2", CS7 | PARENB | PARODD | CSTOPB, 0), ("8E1", CS8 | PARENB, 0),
        ("8N1", CS8, IXON | IXOFF),
    ])
    func `the line is set as it was asked for`(framing: String, control: Int32, input: Int32) throws {
        let terminal = try PseudoTerminal()
        var settings = SerialSettings()
        (settings.baud, settings.framing) = (4800, try #require(SerialFraming(framing)))
        if input != 0 { settings.flow = .software }
        let port = try SerialPort(path: terminal.path, settings: settings)
        let set = terminal.settings
        // A pseudo-terminal takes every setting but its number of data bits and parity (man 4 pty, drivers/tty/pty.c: pty_set_termios).
        #expect(set.c_cflag & tcflag_t(PARODD | CSTOPB) == tcflag_t(control & (PARODD | CSTOPB)))
        #expect(set.c_iflag & tcflag_t(IXON | IXOFF) == tcflag_t(input))
        #expect(set.c_iflag & tcflag_t(IGNBRK | IGNPAR) == tcflag_t(IGNBRK | IGNPAR))
        #expect(unsafe withUnsafePointer(to: set) { unsafe cfgetispeed($0) } == speed_t(B4800))
        var wanted = termios()
        settings.apply(to: &wanted)
        #expect(wanted.c_cflag & tcflag_t(CSIZE | PARENB | PARODD | CSTOPB) == tcflag_t(control))
        _ = port
    }

    @Test(arguments: ["8N1", "7E1", "7O2"]) func `a framing is written as it was read`(text: String) {
        #expect(SerialFraming(text.lowercased())?.description == text)
    }

    @Test(arguments: ["", "8N", "9N1", "8X1", "8N3", "8N11"]) func `what is no framing is none`(text: String) {
        #expect(SerialFraming(text) == nil)
    }
}

@Suite struct KeypadTests {
    @Test func `keys come through a real terminal, and the keypad is told what is shown`() async throws {
        let terminal = try PseudoTerminal()
        let keypad = Keypad(path: terminal.path, feedback: KeypadFeedback(.bell))
        var seen: [String] = []
        for await report in keypad.reports() {
            switch report {
            case .present: terminal.write(Array("1".utf8))
            case .key(.digit):
                keypad.show(.pin(.current, typed: 1, length: 8))
                #expect(terminal.read() == [7])
                terminal.write([0x0D])
            case .key(.enter): terminal.hangUp()
            case .key: break
            case .absent, .card, .tampered: break
            }
            seen.append(report.name)
            if case .absent = report { break }
        }
        #expect(seen == ["present", "digit", "enter", "absent"])
    }
}

extension Keypad.Report {
    fileprivate var name: String {
        switch self {
        case .key(let key): "\(key)"
        case .present: "present"
        case .absent: "absent"
        case .card: "card"
        case .tampered: "tampered"
        }
    }
}
