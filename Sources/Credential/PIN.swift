/// A PIN of 8 to 20 ASCII digits (Graph contract §4.8). It has no description: every road prints `redacted`.
///
/// Its memory is wiped when the last copy goes.
public struct PIN: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let storage: WipedDigits

    public init(digits: some StringProtocol) throws(PINError) { try self.init(ascii: Array(digits.utf8)) }

    /// Takes the bytes over: pass the only copy.
    public init(ascii bytes: consuming [UInt8]) throws(PINError) {
        guard bytes.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { throw .notDigits }
        guard (8...20).contains(bytes.count) else { throw .length(bytes.count) }
        storage = WipedDigits(bytes)
    }

    public var length: Int { storage.bytes.count }

    /// Lends the digits; the text must not outlive the call.
    public func withDigits<R, E: Error>(_ body: (String) throws(E) -> R) throws(E) -> R {
        try body(String(decoding: storage.bytes, as: UTF8.self))
    }

    /// Lends the digits, without a copy.
    public func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let bytes = storage.bytes
        return try body(bytes.span)
    }

    /// Compares every digit whatever the first difference, so timing tells nothing.
    public func matches(_ other: PIN) -> Bool {
        length == other.length && zip(storage.bytes, other.storage.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Why this PIN is too easy to guess, or nil (Graph contract §5, "PIN quality").
    public func weakness(minimumLength: Int = 8) -> PINWeakness? {
        let digits = storage.bytes
        if digits.count < minimumLength { return .tooShort(minimum: minimumLength) }
        let steps = zip(digits.dropFirst(), digits).map { Int($0) - Int($1) }
        if steps.allSatisfy({ $0 == 1 || $0 == -9 }) || steps.allSatisfy({ $0 == -1 || $0 == 9 }) { return .sequence }
        let repeats = (1...3).contains { block in digits.indices.dropFirst(block).allSatisfy { digits[$0] == digits[$0 - block] }
        }
        return repeats ? .repetition : nil
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Digits that are overwritten before their memory is given back.
final class WipedDigits: @unchecked Sendable {  // Written in init and deinit only, when no other reference exists.
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    deinit {
        for index in bytes.indices { bytes[index] = 0 }
    }
}

public enum PINError: Error, Hashable, CustomStringConvertible {
    case notDigits
    case length(Int)

    public var description: String {
        switch self {
        case .notDigits: "A PIN holds the digits 0 to 9 only."
        case .length(let length): "A PIN has 8 to 20 digits; this one has \(length)."
        }
    }
}

public enum PINWeakness: Hashable, Sendable, CustomStringConvertible {
    case tooShort(minimum: Int), sequence, repetition

    public var description: String {
        switch self {
        case .tooShort(let minimum): "The PIN needs at least \(minimum) digits."
        case .sequence: "The PIN must not be a run of digits like 12345678."
        case .repetition: "The PIN must not repeat a block of one to three digits like 121212."
        }
    }
}
