import Crypto
import FoundationEssentials
import LifecycleAPI
import LifecycleStore
import SecureDynamicMessaging

/// Encrypts cards' keys for the store, and checks cards' messages.
struct CardVault: Sendable {
    /// The first encrypts; every one decrypts.
    let keys: [SymmetricKey]

    /// AES-256-GCM with a random nonce: nonce, ciphertext and tag. It opens for this card alone.
    func seal(_ card: CardKeys, uid: [UInt8]) throws -> [UInt8] {
        let box = try AES.GCM.seal(card.bytes, using: keys[0], authenticating: Self.purpose(uid))
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// Nil when none of the keys opens it.
    func open(_ sealed: [UInt8], uid: [UInt8]) -> CardKeys? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        let opened = keys.lazy.compactMap { try? AES.GCM.open(box, using: $0, authenticating: Self.purpose(uid)) }.first
        return opened.flatMap { CardKeys(bytes: Array($0)) }
    }

    private static func purpose(_ uid: [UInt8]) -> [UInt8] { Array("qrpin card keys v1".utf8) + uid }

    enum Finding: Equatable {
        /// The code is not bound to a card, or does not need it and was read without.
        case noCard
        /// Not used before, as far as is known: the store has the last word.
        case present(CardUse)
        case refused(ResultCode)

        var use: CardUse? { if case .present(let use) = self { use } else { nil } }
    }

    /// What a message says to a code that is bound to a card, or is not. Throws when the card's keys cannot be decrypted.
    func check(_ text: String?, against card: BoundCard?) throws -> Finding {
        guard let card else { return .noCard }
        guard let text else { return card.isRequired ? .refused(.cardRequired) : .noCard }
        guard let keys = open(card.sealedKeys, uid: card.uid) else { throw CardVaultError(uid: card.uid) }
        guard let reading = DynamicMessage(text).flatMap({ keys.reading(of: $0) }), reading.uid == card.uid,
            reading.counter > card.counter
        else { return .refused(.cardNotGenuine) }
        return .present(CardUse(uid: reading.uid, counter: reading.counter))
    }
}

struct CardVaultError: Error, CustomStringConvertible {
    let uid: [UInt8]

    var description: String {
        "the keys of card \(CardReading.number(ofUID: uid)) were encrypted under another card.key than this service has. "
            + "Restore that file, or bind the card again."
    }
}
