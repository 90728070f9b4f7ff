import Glibc
import Synchronization
import Testing

@testable import InputDevice

@Suite struct EventNodeTests {
    @Test func `a keyboard is grabbed, and what was typed before is discarded`() throws {
        let keyboard = ScriptedKeyboard { $0.events = Kernel.press(2, 3) }
        var node = try EventNode(path: "/dev/input/event0", calls: keyboard)
        #expect(keyboard.calls == ["open", "held?", "grab", "read"])
        #expect(try node.read(within: 1) == .strokes([]))
        keyboard.type(Kernel.press(4))
        #expect(try node.read(within: 1) == .strokes([KeyStroke(code: 4, isDown: true), KeyStroke(code: 4, isDown: false)]))
    }

    @Test func `it is grabbed once no key is down, so that no desktop has one that never comes up`() throws {
        let keyboard = ScriptedKeyboard { $0.held = [[28], [28, 2], []] }
        _ = try EventNode(path: "/dev/input/event0", calls: keyboard)
        #expect(keyboard.calls == ["open", "held?", "held?", "held?", "grab", "close"])
    }

    @Test func `a key that is stuck does not keep it from being grabbed`() throws {
        let keyboard = ScriptedKeyboard { $0.held = [[57]] }
        _ = try EventNode(path: "/dev/input/event0", calls: keyboard)
        #expect(keyboard.calls.filter { $0 == "held?" }.count == 300)
        #expect(keyboard.calls.suffix(2) == ["grab", "close"])
    }

    @Test func `who lets go of it in time does no harm`() throws {
        let keyboard = ScriptedKeyboard { $0.grabs = [EBUSY, EBUSY, 0] }
        _ = try EventNode(path: "/dev/input/event0", calls: keyboard)
        #expect(keyboard.calls.filter { $0 == "grab" }.count == 3)
    }

    @Test(arguments: [
        (EBUSY, InputDeviceError.Failure.grabbed, "qrpin doctor"), (ENODEV, .system(ENODEV), "Plug the device in"),
        (EPERM, .system(EPERM), "devices.conf"),
    ])
    func `a grab that is refused is an error with its cure, and the node is closed`(
        number: Int32, failure: InputDeviceError.Failure, cure: String
    ) {
        let keyboard = ScriptedKeyboard { $0.grabs = [number] }
        let error = #expect(throws: InputDeviceError.self) { _ = try EventNode(path: "/dev/input/event0", calls: keyboard) }
        #expect(error?.failure == failure)
        #expect(error?.description.hasPrefix("/dev/input/event0: ") == true)
        #expect(error?.description.contains(cure) == true)
        #expect(keyboard.calls.last == "close")
    }

    @Test func `a node without digits, such as that of a keyboard's volume keys, is none`() {
        // KEY_MUTE, KEY_VOLUMEDOWN, KEY_VOLUMEUP, KEY_POWER.
        let keyboard = ScriptedKeyboard { $0.keys = [113, 114, 115, 116] }
        let error = #expect(throws: InputDeviceError.self) { _ = try EventNode(path: "/dev/input/event0", calls: keyboard) }
        #expect(error?.failure == .noDigits)
        #expect(!keyboard.calls.contains("grab"))
    }

    @Test(arguments: [
        ("/dev/input/no-such-event", InputDeviceError.Failure.system(ENOENT), "Plug the device in"),
        ("/dev/null", .notAnInputDevice, "by-id"),
    ])
    func `a path that is no event node is named with its cure`(path: String, failure: InputDeviceError.Failure, cure: String) {
        let error = #expect(throws: InputDeviceError.self) { _ = try EventNode(path: path) }
        #expect(error?.failure == failure)
        #expect(error?.description.contains(cure) == true)
        #expect(!EventNode.isInput(path: path))
    }

    @Test func `a keyboard that is unplugged is an error`() throws {
        let keyboard = ScriptedKeyboard()
        var node = try EventNode(path: "/dev/input/event0", calls: keyboard)
        keyboard.plug(false)
        let error = #expect(throws: InputDeviceError.self) { _ = try node.read(within: 1) }
        #expect(error?.failure == .gone)
    }

    @Test func `a key that is held and repeats was pressed once`() throws {
        let keyboard = ScriptedKeyboard()
        var node = try EventNode(path: "/dev/input/event0", calls: keyboard)
        keyboard.type(Kernel.key(2, 1) + Kernel.key(2, 2) + Kernel.key(2, 2) + Kernel.key(2, 0))
        #expect(try node.read(within: 1) == .strokes([KeyStroke(code: 2, isDown: true), KeyStroke(code: 2, isDown: false)]))
    }

    @Test func `behind a gap nothing counts until the kernel said which keys are down`() throws {
        let keyboard = ScriptedKeyboard()
        var node = try EventNode(path: "/dev/input/event0", calls: keyboard)
        keyboard.state.withLock { $0.held = [[42]] }
        // The first is whole; of the others nobody knows what lay between them.
        keyboard.type(Kernel.press(2) + [Kernel.dropped] + Kernel.key(3, 1) + Kernel.press(4))
        let before = [KeyStroke(code: 2, isDown: true), KeyStroke(code: 2, isDown: false)]
        #expect(try node.read(within: 1) == .gap(after: before, held: [42]))
        #expect(keyboard.calls.suffix(2) == ["read", "held?"])
        keyboard.type(Kernel.press(5))
        #expect(try node.read(within: 1) == .strokes([KeyStroke(code: 5, isDown: true), KeyStroke(code: 5, isDown: false)]))
    }

    @Test func `a gap goes on in the next read`() throws {
        let keyboard = ScriptedKeyboard()
        var node = try EventNode(path: "/dev/input/event0", calls: keyboard)
        keyboard.type([Kernel.dropped, RawEvent(type: 1, code: 2, value: 1)])
        #expect(try node.read(within: 1) == .strokes([]))
        keyboard.type([RawEvent(type: 1, code: 3, value: 1), Kernel.report])
        #expect(try node.read(within: 1) == .gap(after: [], held: []))
    }

    @Test func `a stroke prints without its key`() {
        for isDown in [true, false] {
            let stroke = KeyStroke(code: 5, isDown: isDown)
            for text in ["\(stroke)", String(reflecting: stroke), "\([stroke])"] { #expect(!text.contains("5")) }
            #expect(Mirror(reflecting: stroke).children.isEmpty)
        }
    }
}
