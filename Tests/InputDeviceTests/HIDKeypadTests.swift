import SerialKeypad
import Testing
import Verifier

@testable import HIDKeypad
@testable import InputDevice

@Suite struct HIDKeypadTests {
    /// Codes of `linux/input-event-codes.h`.
    @Test(arguments: [
        ([2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as [UInt16], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as [UInt8]),
        ([82, 79, 80, 81, 75, 76, 77, 71, 72, 73], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Array(0x200...0x209), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ])
    func `digits are those of the row on top, of the number pad and of a telephone's keypad`(codes: [UInt16], digits: [UInt8]) {
        #expect(keys(codes.flatMap { [($0, true), ($0, false)] }) == digits.map(Key.digit))
    }

    @Test(arguments: [
        ([28, 96, 0x20B] as [UInt16], Key.enter), ([14], .correct), ([111, 55, 83, 0x20A], .clear), ([1, 74], .cancel),
    ])
    func `the other keys are those with such a name on them`(codes: [UInt16], key: Key) {
        #expect(keys(codes.flatMap { [($0, true), ($0, false)] }) == codes.map { _ in key })
    }

    @Test func `with Shift the 3 is a number sign and the 8 an asterisk, and no other is a digit`() {
        let row = (2...11).flatMap { [(UInt16($0), true), (UInt16($0), false)] }
        for shift: UInt16 in [42, 54] {
            #expect(keys([(shift, true)] + row + [(shift, false), (2, true)]) == [.enter, .clear, .digit(1)])
        }
    }

    @Test(arguments: [29, 97, 56, 100, 125, 126] as [UInt16])
    func `with Ctrl, Alt or the logo key nothing is a digit`(modifier: UInt16) {
        #expect(
            keys([(modifier, true), (79, true), (79, false), (2, true), (2, false), (modifier, false), (3, true)]) == [.digit(2)])
    }

    @Test func `Num Lock and keys that mean nothing are noise`() {
        #expect(keys([(69, true), (69, false), (30, true), (59, true), (113, true), (79, true)]) == [.digit(1)])
    }

    @Test func `a double zero is two`() {
        var listener = HIDKeypadListener()
        let zero = [KeyStroke(code: 82, isDown: true), KeyStroke(code: 82, isDown: false)]
        let reports = listener.hear(.strokes(zero, at: .zero)) + listener.hear(.strokes(zero, at: .milliseconds(8)))
        #expect(reports.compactMap(\.pressed) == [.digit(0), .digit(0)])
    }

    @Test func `strokes that were lost take what was typed with them`() {
        var listener = HIDKeypadListener()
        let one = [KeyStroke(code: 2, isDown: true), KeyStroke(code: 2, isDown: false)]
        #expect(listener.hear(.strokes(one, at: .zero)).compactMap(\.pressed) == [.digit(1)])
        // Shift is down now; it was not before.
        #expect(listener.hear(.dropped(held: [42], at: .seconds(1))).compactMap(\.pressed) == [.clear])
        #expect(listener.hear(.strokes(one, at: .seconds(2))).isEmpty)
        let shiftUp = KeyStroke(code: 42, isDown: false)
        #expect(listener.hear(.strokes([shiftUp] + one, at: .seconds(3))).compactMap(\.pressed) == [.digit(1)])
    }

    @Test func `a machine that types is noise`() {
        var listener = HIDKeypadListener()
        let keys = (0..<40).flatMap { turn in
            listener.hear(
                .strokes([KeyStroke(code: 2, isDown: true), KeyStroke(code: 2, isDown: false)], at: .milliseconds(turn)))
        }.compactMap(\.pressed)
        #expect(keys == Array(repeating: .digit(1), count: 20) + [.clear])
    }

    @Test func `a keypad comes, goes in the middle of a PIN, and comes back`() async {
        let keyboard = ScriptedKeyboard { $0.isThere = false }
        let keypad = HIDKeypad(device: InputDevice(path: "/dev/input/event0", calls: keyboard))
        var told: [String] = []
        for await report in keypad.reports() {
            switch report {
            case .absent(let reason):
                told.append(reason.contains("unplugged") ? "unplugged" : "absent")
                keyboard.plug(true)
            case .present:
                told.append("present")
                keyboard.type(Kernel.press(told.contains("1") ? 3 : 2))
            case .key(.digit(let digit)):
                told.append("\(digit)")
                keyboard.plug(false)
            case .key, .card, .tampered: told.append("other")
            }
            if told.last == "2" { break }
        }
        // After it was unplugged it may be found absent, too, before it is plugged in again.
        if told.count > 4, told[4] == "absent" { told.remove(at: 4) }
        #expect(told == ["absent", "present", "1", "unplugged", "present", "2"])
    }

    private func keys(_ strokes: [(UInt16, Bool)]) -> [Key] {
        var decoder = KeyCodeDecoder()
        return strokes.compactMap { decoder.take(code: $0.0, isDown: $0.1) }
    }
}

extension Keypad.Report {
    fileprivate var pressed: Key? { if case .key(let key) = self { key } else { nil } }
}
