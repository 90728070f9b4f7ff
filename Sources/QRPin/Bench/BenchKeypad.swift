import FoundationEssentials
import Glibc
import SerialKeypad
import SerialLine
import Synchronization

/// The keypad that the bench types on: a pseudo-terminal, or a serial port that a cable joins to the kiosk's.
final class BenchKeypad: Sendable {
    private enum Port: ~Copyable {
        case pseudoTerminal(PseudoTerminal)
        case serial(SerialPort)
        case unplugged
    }

    /// What `qrpin-kiosk --keypad` is given.
    let path: String
    private let isPseudoTerminal: Bool
    private let port: Mutex<Port>

    /// A pseudo-terminal; a symbolic link in `directory` keeps its name when it is plugged in again.
    init(directory: String) throws {
        path = directory + "/keypad"
        isPseudoTerminal = true
        port = Mutex(.pseudoTerminal(try Self.plugged(path)))
    }

    /// Types on the port `typing`, at 9600 baud; the kiosk listens on `path`.
    init(typing: String, path: String) throws {
        self.path = path
        isPseudoTerminal = false
        port = Mutex(.serial(try SerialPort(path: typing)))
    }

    /// A real cable is not pulled from here.
    var canBeUnplugged: Bool { isPseudoTerminal }

    func unplug() { port.withLock { $0 = .unplugged } }

    func plugIn() throws {
        try port.withLock { port in port = .pseudoTerminal(try Self.plugged(path)) }
    }

    /// Types as fast as a deft person, and returns when the last key was pressed; nil when there was none, or the keypad is unplugged.
    func type(_ text: String) async throws -> ContinuousClock.Instant? {
        var last: ContinuousClock.Instant?
        for byte in text.utf8 {
            try await Task.sleep(for: .milliseconds(PseudoTerminal.keyInterval))
            last = .now
            try port.withLock { port in
                switch port {
                case .pseudoTerminal(let terminal): try terminal.press(byte)
                case .serial(let serial): serial.write([byte])
                case .unplugged: last = nil
                }
            }
        }
        return last
    }

    private static func plugged(_ path: String) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal()
        let draft = path + ".new"
        guard unsafe symlink(terminal.path, draft) == 0, unsafe rename(draft, path) == 0 else {
            throw BenchError("\(path) cannot be made. Is /dev/shm full?")
        }
        return terminal
    }
}
