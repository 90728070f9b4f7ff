import Testing
import Verifier

@testable import SerialScanner

@Suite struct BarcodeScannerTests {
    @Test func `a scanner on a real terminal is triggered, read, and missed when it is unplugged`() async throws {
        let terminal = try PseudoTerminal()
        var commands = ScannerCommands()
        commands.trigger = [0x16, 0x54, 0x0D]
        let scanner = BarcodeScanner(path: terminal.path, commands: commands)
        scanner.show(.holdUpBadge)
        var seen: [String] = []
        for await report in scanner.reports() {
            switch report {
            case .present:
                // What was to be shown before the scanner came is made up for.
                #expect(terminal.read() == commands.trigger)
                terminal.write(Array("]Q1hello\r".utf8))
                seen.append("present")
            case .scan(.code(let code)):
                seen.append(code.text)
                terminal.write(Array("cut o".utf8))
            case .scan(.incomplete(let count)):
                seen.append("\(count) bytes")
                terminal.hangUp()
            case .absent: seen.append("absent")
            }
            if seen.last == "absent" { break }
        }
        #expect(seen == ["present", "hello", "5 bytes", "absent"])
    }
}

@Suite struct ScannerFeedbackTests {
    private static let commands = {
        var commands = ScannerCommands()
        (commands.trigger, commands.release, commands.goodBeep, commands.badBeep) = ([1], [2], [3], [4])
        return commands
    }()

    @Test func `it is triggered while a badge is waited for, and beeps at what comes of it`() {
        var feedback = ScannerFeedback(Self.commands)
        let shown: [(Display, [UInt8])] = [
            (.holdUpBadge, [1]), (.holdUpBadge, []), (.checkingBadge, [2]), (.pin(.current, typed: 0, length: 8), [3]),
            (.pin(.current, typed: 1, length: 8), []), (.checkingPIN, []), (.outcome(.wrongPIN, name: nil), [4]),
            (.holdUpBadge, [1]),
            (.checkingBadge, [2]), (.stillChecking, []), (.pin(.current, typed: 0, length: 8), [3]), (.checkingPIN, []),
            (.outcome(.signedIn, name: nil), [3]), (.session(name: nil), []), (.outcome(.signedOut, name: nil), []),
            (.outOfOrder(missing: [.keypad]), []),
        ]
        for (display, bytes) in shown { #expect(feedback.bytes(for: display) == bytes, "\(display)") }
    }

    @Test func `one that returns is triggered when a badge is waited for, and else not`() {
        var feedback = ScannerFeedback(Self.commands)
        #expect(feedback.bytesForReturn().isEmpty)
        _ = feedback.bytes(for: .holdUpBadge)
        #expect(feedback.bytesForReturn() == [1])
        _ = feedback.bytes(for: .checkingBadge)
        #expect(feedback.bytesForReturn().isEmpty)
    }

    @Test func `a scanner of which nothing is known is sent nothing`() {
        var feedback = ScannerFeedback()
        for display in [Display.holdUpBadge, .checkingBadge, .outcome(.signedIn, name: nil)] {
            #expect(feedback.bytes(for: display).isEmpty)
        }
    }
}
