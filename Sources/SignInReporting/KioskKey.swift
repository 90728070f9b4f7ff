public import Credential
import Crypto
import FoundationEssentials
import Glibc
public import LifecycleAPI

/// How this kiosk becomes known to a service, and takes another key.
public enum KioskKey {
    /// Sends the public half of the key, with the one-time code. Throws ``LifecycleClientError``. A second time with the same key and code
    /// gives the same answer.
    public static func enrol(
        url: String, code: EnrolmentCode, key: ClientKey, name: String? = nil
    ) async throws -> Enrolment {
        let publicKey = [UInt8](key.signing.publicKey.rawRepresentation)
        let proof = try key.signing.signature(for: KeyClaim.enrolment(code).canonicalBytes(publicKey: publicKey))
        return try await LifecycleClient.sendWithoutToken(
            url: url, path: "/kiosk/v1/enrol",
            body: EnrolmentRequest(
                code: code.text, publicKey: Base64URL.encode(publicKey), proof: Base64URL.encode(proof), name: name),
            as: Enrolment.self)
    }

    /// Makes a new key, has the service take it in place of the one in the file, and puts it there.
    ///
    /// The new key waits beside the file until the service has it, so that a lost answer or a power cut loses no key: the same call again ends
    /// what was begun.
    public static func changeKey(url: String, clientID: String, keyPath: String, issuer: String) async throws {
        let waiting = keyPath + ".next"
        if !FileManager.default.fileExists(atPath: waiting) { try ClientKey().write(to: waiting) }
        let (old, new) = (try ClientKey(path: keyPath), try ClientKey(path: waiting))
        let publicKey = [UInt8](new.signing.publicKey.rawRepresentation)
        let proof = try new.signing.signature(for: KeyClaim.change(kioskID: clientID).canonicalBytes(publicKey: publicKey))
        let change = KeyChange(publicKey: Base64URL.encode(publicKey), proof: Base64URL.encode(proof))
        func send(with key: ClientKey) async throws {
            try await LifecycleClient(url: url, clientID: clientID, key: key, issuer: issuer)
                .send(.POST, "/kiosk/v1/key", body: change)
        }
        do { try await send(with: old) } catch LifecycleClientError.refused(401, _, _) {
            // The service has the new one already, or knows neither.
            try await send(with: new)
        }
        guard unsafe rename(waiting, keyPath) == 0 else {
            throw ClientKeyError(
                path: keyPath, problem: "cannot be replaced by \(waiting). Do it by hand: the service has the new key")
        }
    }
}
