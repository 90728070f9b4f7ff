public import FoundationEssentials
import LifecycleAPI

/// A card that makes dynamic messages, and the QR code that it belongs to.
public struct BoundCard: Hashable, Sendable {
    /// 7 bytes.
    public let uid: [UInt8]
    public let codeID: String
    /// The card's keys, encrypted under a key that is not in the store.
    public let sealedKeys: [UInt8]
    /// Whether the code signs nobody in without the card.
    public var isRequired: Bool
    /// How often the card was read when its last message was taken; no message with this or a lower one is taken again.
    public let counter: Int
    public let bound: Date

    public init(uid: [UInt8], codeID: String, sealedKeys: [UInt8], isRequired: Bool, counter: Int, bound: Date) {
        self.uid = uid
        self.codeID = codeID
        self.sealedKeys = sealedKeys
        self.isRequired = isRequired
        self.counter = counter
        self.bound = bound
    }
}

/// A message of a card that is used for a sign-in.
public struct CardUse: Hashable, Sendable {
    public let uid: [UInt8]
    public let counter: Int

    public init(uid: [UInt8], counter: Int) {
        self.uid = uid
        self.counter = counter
    }
}

/// Cards that cannot be copied: of each code at most one, and each of one code.
public protocol CardRepository: Sendable {
    /// The card of a code that is not deleted.
    func card(ofCode codeID: String) async throws -> BoundCard?
    /// Takes the place of the code's card before it. `isSameKey` tells sealed keys of the card that are kept: then its counter goes on.
    ///
    /// Throws ``StoreError/activeExists`` when the card is another code's that is in force, ``StoreError/replayed`` when the counter is not
    /// above the one that is kept.
    func bind(_ card: BoundCard, ofUser userID: String, isSameKey: @escaping @Sendable ([UInt8]) -> Bool) async throws
    /// False when the code has no card.
    func requireCard(_ isRequired: Bool, ofCode codeID: String, user userID: String) async throws -> Bool
    /// The card's counter stays known. False when the code has no card.
    func unbindCard(ofCode codeID: String, user userID: String) async throws -> Bool
}

extension SQLStore {
    public func card(ofCode codeID: String) async throws -> BoundCard? { try await read { try $0.card(ofCode: codeID) } }

    public func bind(_ card: BoundCard, ofUser userID: String, isSameKey: @escaping @Sendable ([UInt8]) -> Bool) async throws {
        try await write { transaction in
            if let known = try transaction.row("SELECT * FROM cards WHERE uid = ?", card.uid) {
                let codeID: String? = try known("code_id")
                if let codeID, codeID != card.codeID, try transaction.isInForce(codeID, at: card.bound) {
                    throw StoreError.activeExists
                }
                if try isSameKey(known("sealed_keys")), try known("counter") >= card.counter { throw StoreError.replayed }
            }
            try transaction.execute("UPDATE cards SET code_id = NULL WHERE code_id = ?", card.codeID)
            try transaction.execute(
                """
                INSERT INTO cards (uid, code_id, sealed_keys, required, counter, bound) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (uid) DO UPDATE SET code_id = excluded.code_id, sealed_keys = excluded.sealed_keys,
                    required = excluded.required, counter = excluded.counter, bound = excluded.bound
                """, card.uid, card.codeID, card.sealedKeys, card.isRequired, card.counter, card.bound)
            try transaction.note(.cardChanged, code: card.codeID, user: userID)
        }
    }

    public func requireCard(_ isRequired: Bool, ofCode codeID: String, user userID: String) async throws -> Bool {
        try await write { transaction in
            let changed = try transaction.execute("UPDATE cards SET required = ? WHERE code_id = ?", isRequired, codeID)
            if changed > 0 { try transaction.note(.cardChanged, code: codeID, user: userID) }
            return changed > 0
        }
    }

    public func unbindCard(ofCode codeID: String, user userID: String) async throws -> Bool {
        try await write { transaction in
            let changed = try transaction.execute("UPDATE cards SET code_id = NULL WHERE code_id = ?", codeID)
            if changed > 0 { try transaction.note(.cardChanged, code: codeID, user: userID) }
            return changed > 0
        }
    }
}

extension SQLTransaction {
    func card(ofCode codeID: String) throws -> BoundCard? {
        try row(
            """
            SELECT cards.* FROM cards JOIN codes ON codes.id = cards.code_id WHERE cards.code_id = ? AND codes.revoked IS NULL
            """, codeID
        ).map(BoundCard.init)
    }

    /// Throws ``StoreError/replayed`` unless the message is newer than each that was taken before, whoever else asks at once.
    func take(_ use: CardUse, ofCode codeID: String) throws {
        let taken = try execute(
            "UPDATE cards SET counter = ? WHERE uid = ? AND code_id = ? AND counter < ?", use.counter, use.uid, codeID,
            use.counter)
        if taken == 0 { throw StoreError.replayed }
    }
}

extension BoundCard {
    init(_ row: SQLRow) throws {
        self.init(
            uid: try row("uid"), codeID: try row("code_id"), sealedKeys: try row("sealed_keys"), isRequired: try row("required"),
            counter: try row("counter"), bound: try row("bound"))
    }
}
