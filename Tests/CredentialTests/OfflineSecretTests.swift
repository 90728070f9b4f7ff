import Credential
import FoundationEssentials
import Testing

@Suite struct OfflineSecretTests {
    private func secret(pepper: DevicePepper?) throws -> [UInt8] {
        let text = "ms-qrpin:v1|ada@example.test|\(BadgePayloadTests.id)|\(BadgePayloadTests.key)"
        guard case .badge(let badge) = BadgeReading.parse(text) else { throw CancellationError() }
        return OfflineSecret(badge, pepper: pepper).withBytes { $0 }
    }

    /// The values are those of HKDF (RFC 5869) in Python's hmac, with ikm `bytes(range(16))` and `bytes(range(32))`.
    @Test func `the secret is HKDF of the badge's key and the device's pepper`() throws {
        let hex = { (bytes: [UInt8]) in bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        #expect(try hex(secret(pepper: nil)) == "53d80effed1b24cc45039ad5e6432671a5cae152518386486a4fdbcdecc2639c")
        let pepper = DevicePepper(Array(16..<32))
        #expect(try hex(secret(pepper: pepper)) == "1bf4498564d38ed86a277cf41455b2986b10f4009686da79fb55f36d1c8e8273")
    }

    @Test func `a pepper has 16 to 1024 bytes, and neither it nor a secret has a description`() throws {
        #expect(DevicePepper([UInt8](repeating: 1, count: 15)) == nil && DevicePepper([UInt8](repeating: 1, count: 1025)) == nil)
        let pepper = try #require(DevicePepper([UInt8](repeating: 65, count: 16)))
        var text = ""
        dump(pepper, to: &text)
        #expect("\(pepper)" == "redacted" && String(reflecting: pepper) == "redacted" && !text.contains("65"))
        #expect(pepper.fingerprint != DevicePepper([UInt8](repeating: 66, count: 16))?.fingerprint)
    }

    /// deploy/guides/service.md, "Wrong PINs": 30 s, doubling with each further one up to an hour.
    @Test func `locks double from 30 s to an hour`() {
        let seconds = (1...14).map { GuessLock.seconds(afterGuess: $0) }
        #expect(seconds == [nil, nil, nil, nil, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
    }
}
