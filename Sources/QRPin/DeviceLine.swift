import ArgumentParser
import Glibc
import SerialKeypad
import SerialLine
import Verifier

/// A device's port, heard in bursts: what comes within 150 ms belongs to one press of a key, or to one scan.
struct DeviceLine: ~Copyable {
    let port: SerialPort

    private static let silence = Duration.milliseconds(150)
    /// What a person needs to find a key.
    private static let patience = Duration.seconds(60)

    init(port: consuming SerialPort) { self.port = port }

    /// Listens for the key 1; nil when it did not come in time, or when what comes makes no sense.
    func findOne(_ framing: SerialFraming, seconds: Int) throws -> KeypadProfile.Format? {
        let end = ContinuousClock.now + .seconds(seconds)
        var bursts: [[UInt8]] = []
        while ContinuousClock.now < end, bursts.count < 8 {
            guard let burst = try burst(until: end) else { return nil }
            bursts.append(burst)
            if let format = KeypadLesson.format(ofOnes: bursts, framing: framing) { return format }
        }
        return nil
    }

    /// Until the person has seen that no more is asked.
    func settle() throws {
        while try burst(until: ContinuousClock.now + .seconds(1)) != nil {}
    }

    func answer() throws -> [UInt8] {
        guard let bytes = try burst(until: ContinuousClock.now + Self.patience) else {
            throw ValidationError("No key came within \(Self.patience.components.seconds) s.")
        }
        return bytes
    }

    /// Nil when the person pressed Enter on the computer's keyboard.
    func answerIfAny() throws -> [UInt8]? {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            if isSkipped() { return nil }
            if let bytes = try burst(until: ContinuousClock.now + .milliseconds(100)) { return bytes }
        }
        throw ValidationError("No key came within \(Self.patience.components.seconds) s.")
    }

    /// Nil when none begins in time.
    func burst(until end: ContinuousClock.Instant) throws -> [UInt8]? {
        var (bytes, last): ([UInt8], ContinuousClock.Instant) = ([], .now)
        while true {
            let more = try port.read(within: 20)
            bytes += more
            if !more.isEmpty { last = .now }
            if bytes.isEmpty ? ContinuousClock.now >= end : ContinuousClock.now - last > Self.silence { break }
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Takes one line, so that the next question has its own.
    private func isSkipped() -> Bool {
        var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        while unsafe poll(&poller, 1, 0) > 0, unsafe read(STDIN_FILENO, &byte, 1) == 1 {
            if byte == 0x0A { return true }
        }
        return false
    }
}
