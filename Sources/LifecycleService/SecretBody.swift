import Credential
import Crypto
import Glibc
import Hummingbird
import LifecycleAPI

extension Request {
    /// The PINs among the members of a JSON body. The body is wiped, in the network's buffers too, and no `String` holds a digit.
    func pins() async throws -> [String: Result<PIN, PINError>] {
        var bytes: [UInt8] = []
        // It never grows, so no copy stays behind.
        bytes.reserveCapacity(Self.largestSecret)
        defer { bytes.wipe() }
        for try await part in body {
            guard bytes.count + part.readableBytes <= Self.largestSecret else {
                throw GraphError(status: .contentTooLarge, code: "invalidRequest", message: "The body is too large.")
            }
            unsafe part.withUnsafeReadableBytes { part in
                unsafe bytes.append(contentsOf: part)
                // The buffer is a part of the one that the socket was read into. A mutable one would wipe a copy.
                if let start = part.baseAddress { unsafe explicit_bzero(UnsafeMutableRawPointer(mutating: start), part.count) }
            }
        }
        guard let members = PIN.members(ofJSON: bytes.span) else {
            throw GraphError.badRequest("invalidRequest", "The body is no JSON object.")
        }
        return members
    }

    /// The body's PIN of a name; throws a 400 when there is no string of that name.
    func pin(_ name: String) async throws -> Result<PIN, PINError> {
        guard let pin = try await pins()[name] else {
            throw GraphError.badRequest("invalidRequest", "The member \(name) is missing or no string.")
        }
        return pin
    }

    private static let largestSecret = 4_096
}

extension [UInt8] {
    /// Overwrites all, whatever the optimizer thinks of it.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { if let start = $0.baseAddress { unsafe explicit_bzero(start, $0.count) } }
    }
}

extension PIN {
    /// HMAC-SHA256 of `prefix` and the digits (RFC 2104).
    func authenticationCode(using key: SymmetricKey, prefix: String = "") -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array(prefix.utf8))
        withBytes { unsafe $0.withUnsafeBytes { unsafe code.update(data: $0) } }
        return Array(code.finalize())
    }
}
