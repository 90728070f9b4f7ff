/// A PIN while it is typed: up to 21 digits, one more than a PIN has, so that too many are noticed. It has no description.
///
/// Each key makes new memory; the old is wiped.
public struct TypedPIN: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var storage = WipedDigits([])

    public init() {}

    public var count: Int { storage.bytes.count }

    /// Adds 0 to 9; anything else, and what is beyond 21 digits, is dropped.
    public mutating func append(_ digit: UInt8) {
        guard digit <= 9, count <= 20 else { return }
        var digits = storage.bytes
        digits.append(UInt8(ascii: "0") + digit)
        storage = WipedDigits(digits)
    }

    public mutating func removeLast() { storage = WipedDigits(storage.bytes.dropLast()) }

    public func pin() throws(PINError) -> PIN { try PIN(ascii: storage.bytes) }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
