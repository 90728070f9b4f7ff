/// A key that went down or came up. It prints without its code, which may be a digit of a PIN.
public struct KeyStroke: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kernel's, of `linux/input-event-codes.h`: where the key lies, not what is written on it. Not changed by Num Lock.
    public let code: UInt16
    public let isDown: Bool

    public init(code: UInt16, isDown: Bool) { (self.code, self.isDown) = (code, isDown) }

    public var description: String { "key \(isDown ? "down" : "up")" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What happens at an input device. Time is uptime since the device was opened.
public enum InputEvent: Sendable {
    case opened
    /// What was read at once; empty when for 100 ms nothing came.
    case strokes([KeyStroke], at: Duration)
    /// Strokes were lost, because nobody read them in time; these keys are down now.
    case dropped(held: Set<UInt16>, at: Duration)
    case gone(reason: String)
}

/// Makes a device's reports of what happens at it.
public protocol InputListener: Sendable {
    associatedtype Report: Sendable

    mutating func hear(_ event: InputEvent) -> [Report]
}
