public import FoundationEssentials
public import LifecycleAPI

/// Kiosks, and the codes by which new ones become known.
public protocol KioskRepository: Sendable {
    func add(_ code: StoredEnrolmentCode) async throws
    /// Those that can still be used, the newest first.
    func enrolmentCodes(at now: Date) async throws -> [StoredEnrolmentCode]
    /// False when there was none that could still be used.
    func deleteEnrolmentCode(_ id: String) async throws -> Bool
    /// Uses up a code and admits the kiosk with this key. Throws ``StoreError/unknown(_:)`` when the code is unknown, used or has expired.
    ///
    /// The same key again with the same code gets the same answer: the first one may have been lost.
    func enrol(codeHash: [UInt8], kioskID: String, publicKey: [UInt8], name: String?, at now: Date) async throws -> Kiosk
    /// In the order of their ids, from the one behind `id` on.
    func kiosks(after id: String?, limit: Int) async throws -> [Kiosk]
    func kiosk(_ id: String) async throws -> Kiosk?
    /// False for one that was revoked or is unknown.
    func isAdmitted(kioskID: String) async throws -> Bool
    /// False when there is no such kiosk.
    func update(kioskID: String, displayName: String, group: String?) async throws -> Bool
    /// Takes its key and ends its attempts; it stays in the list. False when there is none that was not revoked yet.
    func revoke(kioskID: String, at now: Date) async throws -> Bool
    func setKey(_ publicKey: [UInt8], ofKiosk kioskID: String) async throws -> Bool
    func keep(_ health: KioskHealth, ofKiosk kioskID: String, at now: Date) async throws
}

/// A device that signs people in, under the id of its client.
public struct Kiosk: Hashable, Sendable {
    public let id: String
    public let displayName: String
    public let group: String?
    /// Nil for one that was added at the command line.
    public let enrolled: Date?
    public let revoked: Date?
    public let lastSeen: Date?
    public let health: KioskHealth?
    public let chain: ChainHead
    /// What the service last signed of the chain.
    public let checkpoint: String?
}

/// An enrolment code as it is kept: its hash alone.
public struct StoredEnrolmentCode: Hashable, Sendable {
    /// A GUID in lower case.
    public let id: String
    /// 32 bytes.
    public let hash: [UInt8]
    public let displayName: String
    public let group: String?
    public let created: Date
    public let expire: Date

    public init(hash: [UInt8], displayName: String, group: String?, created: Date, expire: Date) {
        self.init(
            id: UUID().uuidString.lowercased(), hash: hash, displayName: displayName, group: group, created: created,
            expire: expire)
    }

    init(id: String, hash: [UInt8], displayName: String, group: String?, created: Date, expire: Date) {
        self.id = id
        self.hash = hash
        self.displayName = displayName
        self.group = group
        self.created = created
        self.expire = expire
    }
}
