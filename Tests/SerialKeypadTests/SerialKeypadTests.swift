import Glibc
import SerialKeypad
import Testing
import Verifier

@Suite struct ASCIIKeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = ASCIIKeyDecoder()
        return text.utf8.compactMap { decoder.decode($0) }
    }

    @Test(arguments: ["\r", "\n", "\r\n", "#"])
    func `digits and enter, however the pad ends its line`(end: String) {
        #expect(keys("09" + end) == [.digit(0), .digit(9), .enter])
    }

    @Test func `two lines are two enters`() {
        #expect(keys("1\r\n2\r\n") == [.digit(1), .enter, .digit(2), .enter])
    }

    @Test func `clear and cancel have their keys`() {
        #expect(keys("*\u{8}\u{7F}") == [.clear, .clear, .clear])
        #expect(keys("\u{1B}Cc") == [.cancel, .cancel, .cancel])
    }

    @Test func `noise never becomes a digit`() {
        var decoder = ASCIIKeyDecoder()
        for byte in UInt8.min...UInt8.max where !(48...57).contains(byte) {
            if case .digit = decoder.decode(byte) { Issue.record("byte \(byte)") }
        }
    }
}

@Suite struct SerialPortTests {
    @Test func `a real terminal delivers its bytes unchanged, and its hang-up is an error`() throws {
        let controller = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(controller >= 0)
        // man 4 ioctl_tty: unlock the other side, then ask for its number. Glibc's module has no unlockpt and ptsname.
        var (unlocked, number): (Int32, Int32) = (0, -1)
        try #require(unsafe ioctl(controller, 0x4004_5431, &unlocked) == 0 && ioctl(controller, 0x8004_5430, &number) == 0)
        let path = "/dev/pts/\(number)"
        let port = try SerialPort(path: path)
        #expect(try port.read(within: 1).isEmpty)
        let sent: [UInt8] = [0x30, 0x0D, 0x03, 0x11, 0xFF]
        #expect(unsafe write(controller, sent, sent.count) == sent.count)
        var received: [UInt8] = []
        while received.count < sent.count {
            let bytes = try port.read(within: 5000)
            guard !bytes.isEmpty else { break }
            received += bytes
        }
        #expect(received == sent)
        close(controller)
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
        let error = #expect(throws: SerialPortError.self) { _ = try SerialPort(path: "/dev/null", baud: 1234) }
        #expect(error?.failure == .baud(1234))
    }
}
