import Credential
import Crypto
import Foundation
import HTTPTypes
import LifecycleAPI
import Synchronization
import Testing

@testable import LifecycleService

@Suite struct KeyTests {
    static func identifiers(_ call: Caller) async throws -> [String] {
        let keys = try #require(try await call.request(.get, "/.well-known/jwks.json").object["keys"] as? [[String: String]])
        return keys.compactMap { $0["kid"] }
    }

    @Test func `a signing key's id is its thumbprint, RFC 8037 appendix A.3`() throws {
        let secret = try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: secret)
        #expect(ServiceKeys(signing: key).signing[0].id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    @Test func `a signing key that was replaced verifies until its time, and then no more`() async throws {
        let site = try await Site()
        let old = Mutex((token: "", id: ""))
        try await site.run { call in
            let made = (try await call.token("admin"), try #require(try await Self.identifiers(call).first))
            old.withLock { $0 = made }
        }
        let until = site.clock.now + 1800
        let rotated = try ServiceKeys.rotate(.signing, inDirectory: site.directory + "/state", keepingOldUntil: until)
        try await site.run(site.restarted()) { call async throws in
            let (token, id) = old.withLock { $0 }
            let header = HTTPFields([HTTPField(name: .authorization, value: "Bearer " + token)])
            #expect(try await Self.identifiers(call) == [rotated, id])
            #expect(try await call.request(.get, "/beta/users", headers: header).status == .ok)
            #expect(try await call.request(.get, "/beta/users", as: "admin").status == .ok)
            site.clock.advance(1800)
            #expect(try await Self.identifiers(call) == [rotated])
            #expect(try await call.request(.get, "/beta/users", headers: header).status == .unauthorized)
            #expect(try await call.request(.get, "/beta/users", as: "admin").status == .ok)
        }
    }

    @Test func `a rotation keeps the older keys behind the new one, and nonces made with them`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let before = try ServiceKeys(directory: directory)
        let nonce = NonceMint(keys: before.nonces).make(at: .distantPast)
        let (first, second) = (
            try ServiceKeys.rotate(.pepper, inDirectory: directory, keepingOldUntil: .now),
            try ServiceKeys.rotate(.pepper, inDirectory: directory, keepingOldUntil: .now)
        )
        _ = try ServiceKeys.rotate(.signing, inDirectory: directory, keepingOldUntil: .now)
        let after = try ServiceKeys(directory: directory)
        #expect(after.peppers.map(\.id) == [second, first, before.peppers[0].id] && Set(after.peppers.map(\.id)).count == 3)
        #expect(after.peppers[2].key == before.peppers[0].key && after.cards == before.cards)
        _ = try ServiceKeys.rotate(.card, inDirectory: directory, keepingOldUntil: .now)
        let cards = try ServiceKeys(directory: directory).cards
        #expect(cards.count == 2 && cards[1] == before.cards[0] && cards[0] != cards[1])
        #expect(NonceMint(keys: after.nonces).isValid(nonce, at: .distantPast))
        #expect(!NonceMint(keys: [after.nonces[0]]).isValid(nonce, at: .distantPast))
    }

    @Test func `a key file that others can read is refused with its cure`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try ServiceKeys(directory: directory)
        for name in ["issuer.key", "pepper.key", "card.key"] {
            let path = directory + "/" + name
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let error = #expect(throws: ServiceKeyError.self) { try ServiceKeys(directory: directory) }
            #expect(error?.description.contains("\(path) is open to others (mode 640). Run chmod 600") == true)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    @Test func `a systemd credential comes before the state directory's file`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let given = try ServiceKeys(directory: directory + "/given")
        try FileManager.default.removeItem(atPath: directory + "/given/pepper.key")
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: directory + "/given/issuer.key")
        let keys = try ServiceKeys(directory: directory + "/state", credentials: directory + "/given")
        #expect(keys.signing.map(\.id) == given.signing.map(\.id) && keys.peppers.map(\.id) != given.peppers.map(\.id))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/state") == ["pepper.key"])
    }

    @Test(arguments: ["", "x", "AAAA", "\n\n", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 tomorrow"])
    func `a file that holds something else than keys is refused, without its content`(text: String) {
        let error = #expect(throws: ServiceKeyError.self) { try KeyFile.parse(text, path: "/k") }
        #expect(error?.description.hasPrefix("/k holds something else than keys.") == true)
    }
}
