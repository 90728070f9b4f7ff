import Crypto

/// What a PIN's hash at a kiosk cannot be computed without: 32 bytes that come from the badge, which only whoever holds it has, and from
/// the device's pepper. It has no description, and its memory is wiped.
public struct OfflineSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let key: SymmetricKey

    /// HKDF-SHA256 (RFC 5869) with ikm: badge key ‖ pepper, salt: the code id's 16 bytes, info: `qrpin offline v1`. The badge key has 16
    /// bytes, so where it ends is clear; a device without a pepper has none behind it.
    public init(_ badge: BadgePayload, pepper: DevicePepper?) {
        var material = badge.key.bytes + (pepper?.bytes ?? [])
        defer { for index in material.indices { material[index] = 0 } }
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: material), salt: badge.qrCodeID.bytes, info: Array("qrpin offline v1".utf8),
            outputByteCount: 32)
    }

    /// Lends the 32 bytes; they must not outlive the call, and are overwritten.
    public func withBytes<R, E: Error>(_ body: (inout [UInt8]) throws(E) -> R) throws(E) -> R {
        var bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
        defer { for index in bytes.indices { bytes[index] = 0 } }
        return try body(&bytes)
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A secret of one kiosk, kept apart from its disk where it can be: 16 to 1024 bytes. It has no description.
public struct DevicePepper: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let bytes: [UInt8]

    /// Nil for another length.
    public init?(_ bytes: [UInt8]) {
        guard (16...1024).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// 16 bytes that tell one pepper from another and tell nothing else of it.
    public var fingerprint: [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array("qrpin pepper id v1".utf8), outputByteCount: 16)
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
