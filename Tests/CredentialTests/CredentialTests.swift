import Credential
import FoundationEssentials
import Testing

@Suite struct BadgePayloadTests {
    static let id = "1a253da5-3f9a-457d-bd9c-de1aab9a2e59"
    static let key = "AAECAwQFBgcICQoLDA0ODw"

    @Test func `a badge of ours is parsed and written back as it was`() throws {
        let text = "ms-qrpin:v1|ada@example.test|\(Self.id)|\(Self.key)"
        guard case .badge(let badge) = BadgeReading.parse(text) else { Issue.record("not a badge"); return }
        #expect(badge.userPrincipalName == "ada@example.test")
        #expect(badge.qrCodeID.description == Self.id)
        #expect(badge.text == text)
    }

    @Test func `an id is read in any case and written in lower case`() {
        #expect(QRCodeID(Self.id.uppercased())?.description == Self.id)
    }

    @Test(arguments: [
        "1a253da5-3f9a-457d-bd9c-2a253da5-3f9", "1a253da53f9a457dbd9cde1aab9a2e59", "{1a253da5-3f9a-457d-bd9c-de1aab9a2e5}", "",
    ])
    func `a GUID with a hyphen in another place is none (RFC 9562 §4)`(text: String) {
        #expect(QRCodeID(text) == nil && AttemptID(text) == nil)
    }

    @Test(arguments: ["3763aa", "AAECAwQFBgcICQoLDA0ODx", "AAECAwQFBgcICQoLDA0ODw==", String(repeating: "a", count: 160), "t|k"])
    func `a tail that is not ours makes the badge foreign`(tail: String) {
        guard case .foreign("ada@example.test", let id) = BadgeReading.parse("ms-qrpin:v1|ada@example.test|\(Self.id)|\(tail)")
        else {
            Issue.record("not foreign"); return
        }
        #expect(id.description == Self.id)
    }

    @Test(arguments: [
        ("ms-qrpin:v2|a|b|c", BadgeReading.Malformation.version), ("ms-qrpin:v1|a", .fieldMissing),
        ("ms-qrpin:v1||\(id)|\(key)", .userPrincipalName), ("ms-qrpin:v1|a\u{7}|\(id)|\(key)", .userPrincipalName),
        ("ms-qrpin:v1|\(String(repeating: "a", count: 114))|\(id)|\(key)", .userPrincipalName),
        ("ms-qrpin:v1|a|1234|\(key)", .qrCodeID), ("ms-qrpin:v1|a|\(id)|", .badgeKey),
        ("ms-qrpin:v1|a|\(id)|" + String(repeating: "k", count: 512), .tooLong),
    ])
    func `a broken badge says which part is broken`(text: String, expected: BadgeReading.Malformation) {
        guard case .malformed(let part) = BadgeReading.parse(text) else { Issue.record("not malformed"); return }
        #expect(part == expected)
    }

    @Test func `anything else is no badge, whatever its bytes`() {
        guard case .notABadge = BadgeReading.parse("https://example.test") else { Issue.record("a badge"); return }
        guard case .notABadge = BadgeReading.parse([0xFF, 0x00, 0xFE]) else { Issue.record("a badge"); return }
        guard case .malformed = BadgeReading.parse(Array("ms-qrpin:v1|".utf8) + [0xFF]) else {
            Issue.record("well formed"); return
        }
    }

    @Test func `random bytes behind the prefix never crash the parser`() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = BadgeReading.parse(Array("ms-qrpin:v1|".utf8) + bytes)
            _ = BadgeReading.parse(bytes)
        }
    }
}

@Suite struct BadgeKeyTests {
    let id = QRCodeID(BadgePayloadTests.id)!  // A GUID by inspection.
    let key = BadgeKey(base64url: BadgePayloadTests.key)!  // 22 characters by inspection.

    /// The value is of Python's `cryptography` 48: HKDF(SHA256, 32, salt=uuid.bytes, info=b"qrpin badge v1"), Ed25519.
    @Test func `the public key is Ed25519 from HKDF of the key, salted with the id`() {
        let hex = key.publicKey(for: id).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == "a9c9586539b0f4fe0d9bfbc03cde2cc36ec4b159d893bf48a1f6270ac44f197c")
    }

    @Test func `a proof holds for its own claim and for no other`() throws {
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        let attempt = AttemptID.make(at: now)
        let claim = ProofClaim(attemptID: attempt, kioskID: "k1", qrCodeID: id, nonce: "n", moment: 5)
        let proof = try key.proof(claim)
        let publicKey = key.publicKey(for: id)
        #expect(claim.isProved(by: proof, publicKey: publicKey))
        for other in [
            ProofClaim(attemptID: AttemptID.make(at: now), kioskID: "k1", qrCodeID: id, nonce: "n", moment: 5),
            ProofClaim(attemptID: attempt, kioskID: "k2", qrCodeID: id, nonce: "n", moment: 5),
            ProofClaim(attemptID: attempt, kioskID: "k1", qrCodeID: .random(), nonce: "n", moment: 5),
            ProofClaim(attemptID: attempt, kioskID: "k1", qrCodeID: id, nonce: "m", moment: 5),
            ProofClaim(attemptID: attempt, kioskID: "k1", qrCodeID: id, nonce: "n", moment: 6),
        ] {
            #expect(!other.isProved(by: proof, publicKey: publicKey))
        }
        #expect(!claim.isProved(by: [], publicKey: publicKey))
        #expect(!claim.isProved(by: proof, publicKey: BadgeKey.random().publicKey(for: id)))
    }

    @Test func `an attempt id is a UUIDv7 that carries its time`() {
        let text = AttemptID.make(at: Date(timeIntervalSince1970: 0x0189_0A5D_AC96 / 1000.0 + 0.0004)).description
        #expect(text.hasPrefix("01890a5d-ac96-7"))
        #expect(AttemptID(text)?.description == text)
        #expect(AttemptID(BadgePayloadTests.id) == nil)
    }
}

@Suite struct PINTests {
    @Test func `a PIN and a badge key are redacted by every road`() throws {
        var dumped = ""
        dump(try PIN(digits: "73190462"), to: &dumped)
        let badge = BadgeReading.parse("ms-qrpin:v1|a|\(BadgePayloadTests.id)|\(BadgePayloadTests.key)")
        dump(badge, to: &dumped)
        dumped += "\(try PIN(digits: "73190462"))\(String(reflecting: try PIN(digits: "73190462")))\(String(reflecting: badge))"
        #expect(!dumped.contains("73190462"))
        #expect(!dumped.contains(BadgePayloadTests.key))
    }

    @Test(arguments: ["1234567", String(repeating: "1", count: 21), "1234567a", "", "١٢٣٤٥٦٧٨"])
    func `a PIN is 8 to 20 ASCII digits`(digits: String) {
        #expect(throws: PINError.self) { try PIN(digits: digits) }
    }

    @Test(arguments: ["09599786", "56745755", "35387687"])
    func `the PINs that Microsoft prints are strong enough`(digits: String) throws {
        #expect(try PIN(digits: digits).weakness() == nil)
    }

    @Test(arguments: [
        ("12345678", PINWeakness.sequence), ("0987654321", .sequence), ("0123456789", .sequence),
        ("11111111", .repetition), ("12121212", .repetition), ("342342342", .repetition),
    ])
    func `runs and repeated blocks are refused with the reason`(digits: String, weakness: PINWeakness) throws {
        #expect(try PIN(digits: digits).weakness() == weakness)
    }

    @Test func `a PIN matches itself alone`() throws {
        #expect(try PIN(digits: "09599786").matches(PIN(digits: "09599786")))
        #expect(try !PIN(digits: "09599786").matches(PIN(digits: "09599787")))
        #expect(try !PIN(digits: "09599786").matches(PIN(digits: "095997860")))
    }
}

@Suite struct TypedPINTests {
    @Test func `digits come and go, and 21 of them are too many for a PIN`() throws {
        var typed = TypedPIN()
        typed.removeLast()
        for digit: UInt8 in [0, 9, 5, 9, 9, 7, 8, 1, 10, 255] { typed.append(digit) }
        typed.removeLast()
        typed.append(6)
        #expect(typed.count == 8)
        #expect(try typed.pin().matches(PIN(digits: "09599786")))
        for _ in 1...30 { typed.append(1) }
        #expect(typed.count == 21)
        #expect(throws: PINError.length(21)) { try typed.pin() }
    }

    @Test func `it prints as redacted by every road, and a copy keeps what it had`() throws {
        var typed = TypedPIN()
        for _ in 1...8 { typed.append(7) }
        let copy = typed
        typed.append(7)
        #expect(copy.count == 8 && typed.count == 9)
        var dumped = ""
        dump(typed, to: &dumped)
        #expect(!"\(typed)\(String(reflecting: typed))\(dumped)".contains("7"))
    }
}

@Suite struct ValidityWindowTests {
    let start = Date(timeIntervalSince1970: 1000)
    let expiry = Date(timeIntervalSince1970: 2000)

    @Test func `a code is valid from its start until just before its expiry`() throws {
        let window = try #require(ValidityWindow(start: start, expiry: expiry))
        #expect(window.standing(at: start.addingTimeInterval(-0.001)) == .notYetValid(from: start))
        #expect(window.standing(at: start) == .valid)
        #expect(window.standing(at: expiry.addingTimeInterval(-0.001)) == .valid)
        #expect(window.standing(at: expiry) == .expired(since: expiry))
        #expect(ValidityWindow(start: expiry, expiry: start) == nil)
    }
}

@Suite struct EnrolmentCodeTests {
    @Test func `a code is twenty characters in four groups, and read however it is typed`() throws {
        for _ in 0..<100 {
            let code = EnrolmentCode.random()
            #expect(code.text.split(separator: "-").map(\.count) == [5, 5, 5, 5])
            #expect(EnrolmentCode(code.text.lowercased().replacing("-", with: " ")) == code)
        }
        let code = try #require(EnrolmentCode("8M3KD-Q0YHT-VZ5XA-1C7PE"))
        #expect(EnrolmentCode("8m3kd qoyht vz5xa ic7pe") == code && EnrolmentCode("8m3kdqOyhtvz5xalc7pe") == code)
    }

    @Test(arguments: [
        "", "8M3KD-Q0YHT-VZ5XA-1C7P", "8M3KD-Q0YHT-VZ5XA-1C7PEE", "8M3KD-Q0YHT-VZ5XA-1C7PU", "８M3KD-Q0YHT-VZ5XA-1C7PE",
    ])
    func `what is no code is refused`(text: String) {
        #expect(EnrolmentCode(text) == nil)
    }

    /// By Python: `hashlib.sha256(b"8M3KDQ0YHTVZ5XA1C7PE").hexdigest()`.
    @Test func `a code's hash is SHA-256 of its characters, and a code prints as redacted`() throws {
        let code = try #require(EnrolmentCode("8M3KD-Q0YHT-VZ5XA-1C7PE"))
        let hash = "d11b3d98197a81bb71956606d3ce66bdddae071bf201f0dc17499a9e21e4239d"
        #expect(code.hash.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() == hash)
        var dumped = "\(code) \(String(reflecting: code))"
        dump(code, to: &dumped)
        #expect(!dumped.contains("8M3KD"))
    }
}
