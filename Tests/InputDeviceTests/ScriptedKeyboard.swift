import Glibc
import Synchronization

@testable import InputDevice

/// An event node whose kernel is a test: it answers the calls as a script says, and writes down in which order they came.
final class ScriptedKeyboard: InputCalls {
    struct State {
        var isThere = true
        var keys: Set<UInt16> = Set(1...127)
        /// What each question for the keys that are down is answered; the last one for ever.
        var held: [Set<UInt16>] = [[]]
        /// What each grab is answered; the last one for ever.
        var grabs: [Int32] = [0]
        var events: [RawEvent] = []
        var keysError: Int32 = 0
        var calls: [String] = []
    }

    let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    var calls: [String] { state.withLock { $0.calls } }

    func type(_ events: [RawEvent]) { state.withLock { $0.events += events } }
    func plug(_ isThere: Bool) { state.withLock { $0.isThere = isThere } }

    func open(_ path: String) -> Int32 {
        state.withLock { state in
            guard state.isThere else { return -ENOENT }
            state.calls.append("open")
            return 7
        }
    }

    func close(_ descriptor: Int32) { state.withLock { $0.calls.append("close") } }

    func grab(_ descriptor: Int32) -> Int32 {
        state.withLock { state in
            state.calls.append("grab")
            return state.grabs.count > 1 ? state.grabs.removeFirst() : state.grabs[0]
        }
    }

    func keys(_ descriptor: Int32, areHeld: Bool) -> Result<Set<UInt16>, SystemCallError> {
        state.withLock { state in
            guard state.isThere else { return .failure(SystemCallError(number: ENODEV)) }
            guard areHeld else {
                return state.keysError == 0 ? .success(state.keys) : .failure(SystemCallError(number: state.keysError))
            }
            state.calls.append("held?")
            return .success(state.held.count > 1 ? state.held.removeFirst() : state.held[0])
        }
    }

    func wait(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        if state.withLock({ !$0.events.isEmpty || !$0.isThere }) { return true }
        usleep(1000)
        return false
    }

    func pause() {}

    func read(_ descriptor: Int32) -> Result<[RawEvent], SystemCallError> {
        state.withLock { state in
            guard state.isThere else { return .failure(SystemCallError(number: ENODEV)) }
            defer { state.events = [] }
            if !state.events.isEmpty { state.calls.append("read") }
            return .success(state.events)
        }
    }
}

/// Events as the kernel writes them: types 0 (SYN), 1 (KEY) and 4 (MSC) of `linux/input-event-codes.h`.
enum Kernel {
    static let report = RawEvent(type: 0, code: 0, value: 0)
    static let dropped = RawEvent(type: 0, code: 3, value: 0)

    static func key(_ code: UInt16, _ value: Int32) -> [RawEvent] {
        // HID keyboards say the usage, too (MSC_SCAN).
        [RawEvent(type: 4, code: 4, value: 0x70000 + Int32(code)), RawEvent(type: 1, code: code, value: value), report]
    }

    static func press(_ codes: UInt16...) -> [RawEvent] { codes.flatMap { key($0, 1) + key($0, 0) } }
}
