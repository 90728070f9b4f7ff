public import FoundationEssentials

/// Sessions of the admin page and the links that open them. Of a link's code and of a session's token only the SHA-256 is kept.
public protocol SessionRepository: Sendable {
    /// Keeps a link, and forgets links and sessions that have expired.
    func addSessionLink(_ hash: [UInt8], forClient clientID: String, until expire: Date, at now: Date) async throws
    /// Whose link it is; nil when there is no such link or it has expired.
    func client(ofSessionLink hash: [UInt8], at now: Date) async throws -> Client?
    /// Uses up a link and starts a session of its client; false when there is no such link or it has expired.
    func openSession(_ hash: [UInt8], byLink link: [UInt8], until expire: Date, at now: Date) async throws -> Bool
    /// The session that has not expired, and its client as it is now.
    func session(_ hash: [UInt8], at now: Date) async throws -> Session?
    func markSessionUsed(_ hash: [UInt8], at now: Date) async throws
    func endSession(_ hash: [UInt8]) async throws
}

/// A person at the admin page, with what the client may do whose key opened it.
public struct Session: Hashable, Sendable {
    public let client: Client
    public let lastUsed: Date
    /// Even when it is in use.
    public let expire: Date

    public init(client: Client, lastUsed: Date, expire: Date) {
        self.client = client
        self.lastUsed = lastUsed
        self.expire = expire
    }
}
