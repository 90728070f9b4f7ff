import Credential
import Foundation
import HTTPTypes
import LifecycleAPI
import LifecycleStore
import SecureDynamicMessaging
import Testing

@testable import LifecycleService

/// Cards that make dynamic messages. The messages were made by Python's `cryptography` 48 (`Tests/PCSC/cards.py`).
@Suite struct CardTests {
    static let keys = #""metaReadKey": "00112233445566778899AABBCCDDEEFF", "fileReadKey": "ffeeddccbbaa99887766554433221100""#
    static let path = "/admin/v1/users/ada@example.test/standardQRCode/card"
    /// Of card 04A1B2C3D4E580, read for the first time, the second and so on.
    static let messages = [
        "e=EBB5929FC1DAC642C92956B607B92CCD&c=4B735A8E7500EA45", "e=B8943E42E1E61DC8460A6731E2123C5A&c=1A4201BF213A7342",
        "e=AA2235B0DAE3DEEF65B8D1CA5ECC5AC6&c=79646C0F60ED9549", "e=31935404B05CA6CC40067E3247A479A1&c=AC1A5FE1B0D70C39",
        "e=01EA4EA51BD06B8E992B18CA0CC35188&c=4950906E735A587B", "e=ED9B2C072614DF60D19F9CA90E88C0C8&c=FA58D8A2352820AA",
    ]
    /// Of card 04FFEEDDCCBBAA with the same keys, read for the ninth time.
    static let otherCards = "e=8A270CC14B80DD5CB78319B31E26D444&c=83B461425B81A3F3"
    /// Of the first card, read for the ninth time, by the SDMFileRead key 00…01.
    static let otherKeys = "e=949058A1B0BB11D49FC0FF0A95AE10D8&c=1FF233CC221C3BC0"

    private static func bind(_ call: Caller, _ message: String, _ more: String = "", keys: String = keys, at path: String = path)
        async throws -> Site.Reply
    {
        try await call.request(.put, path, as: "admin", body: #"{\#(keys), "message": "\#(message)"\#(more)}"#)
    }

    private static func on(_ badge: BadgePayload, _ message: String?) -> BadgePayload {
        var badge = badge
        badge.card = message.flatMap { .init($0) }
        return badge
    }

    @Test func `a badge that is bound to a card signs in with the card alone, and with each of its messages once`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            let bound = try await Self.bind(call, Self.messages[0])
            #expect(bound.status == .ok)
            let code = badge.qrCodeID.description
            #expect(
                try bound.decode(CardBindingAnswer.self)
                    == CardBindingAnswer(
                        qrCodeId: code, cardNumber: "04A1B2C3D4E580", isRequired: true, readCounter: 1,
                        boundDateTime: site.clock.now))
            // The printed code, a copied tag, the message that bound it, one by other keys, one of another card.
            #expect(try await call.signIn(badge, "35387687") == .cardRequired)
            for message in [Self.messages[0], Self.otherKeys, Self.otherCards] {
                #expect(try await call.signIn(Self.on(badge, message), "35387687") == .cardNotGenuine)
            }
            #expect(try await call.signIn(Self.on(badge, Self.messages[2]), "35387687") == .signedIn)
            for message in Self.messages[...2] {
                #expect(try await call.signIn(Self.on(badge, message), "35387687") == .cardNotGenuine)
            }
            #expect(try await call.signIn(Self.on(badge, Self.messages[3]), "35387687") == .signedIn)
            let shown = try await call.request(.get, Self.path, as: "admin").decode(CardBindingAnswer.self)
            #expect(shown.readCounter == 4 && shown.qrCodeId == code)
        }
    }

    @Test func `a message is nothing without the badge's own key, and says nothing of the card`() async throws {
        try await Site().run { call in
            let badge = try await SignInTests.ready(call)
            _ = try await Self.bind(call, Self.messages[0])
            for message in [nil, Self.messages[1], Self.otherKeys] {
                #expect(try await call.start(Self.on(badge, message), key: .random()).result == .badgeRefused)
            }
            // It was not used by that.
            #expect(try await call.signIn(Self.on(badge, Self.messages[1]), "35387687") == .signedIn)
        }
    }

    @Test func `where the card is not required the printed code signs in, and a copied card does not`() async throws {
        try await Site().run { call in
            let badge = try await SignInTests.ready(call)
            _ = try await Self.bind(call, Self.messages[0], #", "isRequired": false"#)
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
            #expect(try await call.signIn(Self.on(badge, Self.messages[0]), "35387687") == .cardNotGenuine)
            #expect(try await call.signIn(Self.on(badge, Self.messages[1]), "35387687") == .signedIn)
            let changed = try await call.request(.patch, Self.path, as: "admin", body: #"{"isRequired": true}"#)
            #expect(try changed.decode(CardBindingAnswer.self).isRequired)
            #expect(try await call.signIn(badge, "35387687") == .cardRequired)
            #expect(try await call.request(.delete, Self.path, as: "admin").status == .noContent)
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
            // A code without a card takes no notice of what else is on a tag.
            #expect(try await call.signIn(Self.on(badge, Self.otherKeys), "35387687") == .signedIn)
        }
    }

    @Test func `a sign-in that was refused for another reason leaves the message unused`() async throws {
        let site = try await Site()
        try await site.run { call in
            let badge = try await SignInTests.ready(call)
            _ = try await Self.bind(call, Self.messages[0])
            _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"state": "disabled"}"#)
            #expect(try await call.start(Self.on(badge, Self.messages[1])).result == .notAllowed)
            _ = try await call.request(.patch, PolicyTests.path, as: "admin", body: #"{"state": "enabled"}"#)
            #expect(try await call.start(Self.on(badge, Self.messages[1])).result == .pinRequired)
        }
    }

    @Test(arguments: [
        (keys.replacing("FF\"", with: "F\""), messages[0], "invalidCardKeys"),
        (keys.replacing("FF\"", with: "FG\""), messages[0], "invalidCardKeys"),
        (
            keys.replacing("00112233445566778899AABBCCDDEEFF", with: String(repeating: "0", count: 32)), messages[0],
            "invalidCardKeys"
        ),
        (keys.replacing("ffee", with: "ffef"), messages[0], "invalidCardMessage"),
        (keys, otherKeys, "invalidCardMessage"), (keys, "e=1&c=2", "invalidCardMessage"), (keys, "", "invalidCardMessage"),
    ])
    func `keys that are not the card's, or everybody's, bind nothing`(keys: String, message: String, code: String) async throws {
        try await Site().run { call in
            let badge = try await SignInTests.ready(call)
            let reply = try await Self.bind(call, message, keys: keys)
            #expect(reply.status == .badRequest && reply.errorCode == code)
            #expect(!String(decoding: reply.data, as: UTF8.self).lowercased().contains("ddccbbaa"))
            #expect(try await call.request(.get, Self.path, as: "admin").status == .notFound)
            #expect(try await call.signIn(badge, "35387687") == .signedIn)
        }
    }

    @Test func `a card is bound to one code, and by a message that was not used`() async throws {
        try await Site().run { call in
            _ = try await SignInTests.ready(call)
            _ = try await call.request(.patch, Caller.methodPath + "/temporaryQRCode", as: "admin", body: "{}")
            let temporary = Self.path.replacing("standard", with: "temporary")
            #expect(try await call.request(.get, temporary, as: "admin").status == .notFound)
            #expect(try await Self.bind(call, Self.messages[1]).status == .ok)
            #expect(try await Self.bind(call, Self.messages[2], at: temporary).errorCode == "cardInUse")
            for message in Self.messages[...1] { #expect(try await Self.bind(call, message).errorCode == "cardMessageUsed") }
            #expect(try await Self.bind(call, Self.messages[2]).status == .ok)
            #expect(try await call.request(.delete, Self.path, as: "admin").status == .noContent)
            for path in [Self.path, temporary] {
                #expect(try await call.request(.delete, path, as: "admin").status == .notFound)
                #expect(try await call.request(.patch, path, as: "admin", body: #"{"isRequired": true}"#).status == .notFound)
            }
            #expect(try await Self.bind(call, Self.messages[2], at: temporary).errorCode == "cardMessageUsed")
            #expect(try await Self.bind(call, Self.messages[3], at: temporary).status == .ok)
        }
    }

    @Test func `a kiosk may not sign a person in offline by a badge that needs its card`() async throws {
        try await Site().run { call in
            try await OfflinePolicyTests.allow(call)
            let badge = try await SignInTests.ready(call)
            func grant(_ message: String?) async throws -> OfflineGrantAnswer? {
                let started = try await call.start(Self.on(badge, message))
                return try await call.submit("35387687", to: started.id).offline
            }
            let before = try #require(try await grant(nil))
            _ = try await Self.bind(call, Self.messages[0])
            // What the kiosk has by now ends, because of a change behind the grant.
            let changes = try await ChangeFeedTests.changes(call, "?since=\(before.changeNumber)").changes
            #expect(changes.contains { $0.kind == "cardChanged" && $0.qrCodeId == badge.qrCodeID.description })
            #expect(try await grant(Self.messages[1]) == nil)
            _ = try await call.request(.patch, Self.path, as: "admin", body: #"{"isRequired": false}"#)
            #expect(try await grant(Self.messages[2]) != nil)
        }
    }

    @Test func `cards' keys are in the store under the card key alone, also under one that was replaced`() async throws {
        let site = try await Site()
        try await site.run { call in
            _ = try await SignInTests.ready(call)
            _ = try await Self.bind(call, Self.messages[0])
        }
        _ = try ServiceKeys.rotate(.card, inDirectory: site.directory + "/state", keepingOldUntil: .now)
        try await site.run(site.restarted()) { call in
            let card = try #require(await Self.stored(call))
            let secret: [UInt8] = [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]
            #expect(card.sealedKeys.count == 12 + 32 + 16 && card.sealedKeys.firstRange(of: secret) == nil)
            // Bound again, and by the same keys.
            #expect(try await Self.bind(call, Self.messages[0]).errorCode == "cardMessageUsed")
            #expect(try await Self.bind(call, Self.messages[1]).status == .ok)
        }
        try FileManager.default.removeItem(atPath: site.directory + "/state/card.key")
        try await site.run(site.restarted()) { call in
            let badge = try await Self.badge(call)
            let card = try #require(await Self.stored(call))
            #expect(throws: CardVaultError.self) {
                try call.site.service.cards.check(
                    Self.messages[2],
                    against: BoundCard(
                        uid: card.uid, codeID: badge, sealedKeys: card.sealedKeys.reversed(), isRequired: true, counter: 1,
                        bound: card.bound))
            }
        }
    }

    private static func badge(_ call: Caller) async throws -> String {
        try await call.request(.get, path, as: "admin").decode(CardBindingAnswer.self).qrCodeId
    }

    private static func stored(_ call: Caller) async throws -> BoundCard? {
        try await call.site.store.card(ofCode: badge(call))
    }

    @Test func `each act leaves a record that names the card and no key, and a person may not free their own badge`() async throws
    {
        try await Site().run { call in
            _ = try await SignInTests.ready(call)
            call.site.clock.advance(1)
            _ = try await Self.bind(call, Self.messages[0])
            call.site.clock.advance(1)
            _ = try await call.request(.patch, Self.path, as: "admin", body: #"{"isRequired": false}"#)
            call.site.clock.advance(1)
            let claims: [String: OutsideIssuer.Claim] = [
                "upn": .text("ada@example.test"), "scp": .text("UserAuthMethod-QR.ReadWrite"),
            ]
            #expect(try await call.request(.delete, Self.path, claims: claims).status == .forbidden)
            #expect(try await call.request(.get, Self.path, as: "kiosk-1").status == .forbidden)
            _ = try await call.request(.delete, Self.path, as: "admin")
            let log = try await call.request(.get, AuditTests.path, as: "admin").data
            let audits = try WireJSON.decode(GraphAudits.self, from: log).value
            #expect(
                audits.prefix(3).map(\.activityDisplayName) == [
                    "Unbind card from QR code", "Update card of QR code", "Bind card to QR code",
                ])
            let text = String(decoding: log, as: UTF8.self).lowercased()
            #expect(text.contains("04a1b2c3d4e580") && !text.contains("ddccbbaa") && !text.contains("aabbccdd"))
        }
    }
}
