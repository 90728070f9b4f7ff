import CArgon2
import Credential

/// A PIN's hash at the kiosk: argon2id (RFC 9106) of the PIN, with a secret that the disk does not have and the code's id as data.
struct OfflineHash: Hashable, Sendable {
    /// How much work a guess is.
    struct Cost: Hashable, Sendable {
        var kibibytes: UInt32
        var passes: UInt32

        /// 19 MiB, two passes, one lane, as at the service: OWASP's least.
        static let standard = Cost(kibibytes: 19_456, passes: 2)
    }

    /// 16 bytes.
    let salt: [UInt8]
    /// 32 bytes.
    let tag: [UInt8]
    let cost: Cost

    init(salt: [UInt8], tag: [UInt8], cost: Cost) { (self.salt, self.tag, self.cost) = (salt, tag, cost) }

    init(_ pin: PIN, _ secret: OfflineSecret, of id: QRCodeID, cost: Cost) throws(OfflineStoreError) {
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255) }
        self.init(salt: salt, tag: try Self.tag(pin, secret, salt, id, cost), cost: cost)
    }

    /// Takes the same time whether the PIN is right or wrong.
    func matches(_ pin: PIN, _ secret: OfflineSecret, of id: QRCodeID) throws(OfflineStoreError) -> Bool {
        let tag = try Self.tag(pin, secret, salt, id, cost)
        return tag.count == self.tag.count && zip(tag, self.tag).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func tag(
        _ pin: PIN, _ secret: OfflineSecret, _ salt: [UInt8], _ id: QRCodeID, _ cost: Cost
    ) throws(OfflineStoreError) -> [UInt8] {
        var password = pin.withBytes { digits in digits.indices.map { digits[$0] } }
        defer { for index in password.indices { password[index] = 0 } }
        let data = Array(id.description.utf8)
        var tag = [UInt8](repeating: 0, count: 32)
        let status = secret.withBytes { secret in
            unsafe cargon2_keyed(
                password, UInt32(password.count), salt, UInt32(salt.count), secret, UInt32(secret.count), data,
                UInt32(data.count), cost.kibibytes, cost.passes, 1, &tag)
        }
        guard status == ARGON2_OK.rawValue else { throw .argon2(status) }
        return tag
    }
}
