import CInput

/// An event as the kernel writes it, without its time (`struct input_event`).
public struct RawEvent: Hashable, Sendable {
    public let type: UInt16
    public let code: UInt16
    public let value: Int32

    public init(type: UInt16, code: UInt16, value: Int32) { (self.type, self.code, self.value) = (type, code, value) }
}

/// What one read brought.
public struct EventReading: Hashable, Sendable {
    /// Those before the gap, if there is one. Repetitions by a key that is held are none.
    public private(set) var strokes: [KeyStroke] = []
    /// Strokes were lost. What this read brought behind the gap is, too: which keys are down must be asked for, and the answer is newer.
    public private(set) var hasGap = false

    /// `isInGap` goes from one read to the next: behind SYN_DROPPED nothing counts, up to and with the next SYN_REPORT (the kernel's
    /// Documentation/input/event-codes.rst).
    public init(_ events: some Sequence<RawEvent>, isInGap: inout Bool) {
        for event in events {
            switch (Int32(event.type), Int32(event.code)) {
            case (EV_SYN, SYN_DROPPED): isInGap = true
            case (EV_SYN, SYN_REPORT) where isInGap: (isInGap, hasGap) = (false, true)
            // 2 is a repetition.
            case (EV_KEY, _) where !isInGap && !hasGap && (0...1).contains(event.value):
                strokes.append(KeyStroke(code: event.code, isDown: event.value == 1))
            default: break
            }
        }
    }
}
