public import FoundationEssentials

/// QR code + PIN methods: of each user at most one, with at most one standard code, one temporary code and one PIN.
public protocol MethodRepository: Sendable {
    func method(ofUser userID: String) async throws -> QRCodePINMethod?
    /// Replaces a method without an active code; throws ``StoreError/activeExists`` when there is one at `now`.
    func create(_ method: QRCodePINMethod, at now: Date) async throws
    /// False when there was none.
    func deleteMethod(ofUser userID: String, at now: Date) async throws -> Bool
    /// Replaces an expired code of the same kind; throws ``StoreError/activeExists`` when one has not expired at `now`.
    func create(_ code: Code, forUser userID: String, at now: Date) async throws
    func setExpiry(ofCode codeID: String, to expire: Date) async throws
    /// False when there was none.
    func deleteCode(_ kind: Code.Kind, ofUser userID: String, at now: Date) async throws -> Bool
    /// Sets the PIN and lifts the locks of the user's codes.
    func setPIN(_ pin: StoredPIN, ofUser userID: String) async throws
    /// False when there was none.
    func deletePIN(ofUser userID: String) async throws -> Bool
    /// The code that is not deleted, and whose it is.
    func code(_ codeID: String) async throws -> (code: Code, userID: String)?
}
